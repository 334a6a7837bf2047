import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '#dev/shard-api/json.ts';
import { convertRowBatch } from '#shared/parquet/convert-row-batch.ts';
import { openParquetEngine, type ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { openSliceSpool, type SpooledSlice } from '#shared/parquet/slice-spool.ts';
import type { HttpSnapshotStreamDeclaration } from '#shared/pipeline/http-declaration.ts';
import { PickedRows } from '#shared/pipeline/picker/picked-rows.ts';
import { compileProjection, type Projection } from '#shared/pipeline/project-row.ts';
import { type DroppedKeys, recordDroppedKeys } from '#shared/pipeline/projection/dropped-keys.ts';
import { DistinctRows } from '#shared/sources/http/distinct-rows.ts';
import type { RawPiece, RawRow } from '#shared/sources/http/http-source.ts';
import { readRows } from '#shared/sources/http/read-rows.ts';
import { compileRowPath, type RowPath } from '#shared/sources/http/row-path.ts';
import { compileEntityOf } from '#shared/sources/http/value-path.ts';
import { LogTap } from '#test/support/marks/log-tap.ts';
import { markForms } from '#test/support/marks/mark-forms.ts';
import { searchFiles } from '#test/support/marks/search-files.ts';
import { seededChance } from '#test/support/tamper/chance.ts';
import { sampleAnswers } from '#test/support/tamper/sample-answers.ts';
import { TEXT_CHANGES } from '#test/support/tamper/tamper-text.ts';
import { tamperValues } from '#test/support/tamper/tamper-values.ts';
import fuzzed from '../../fixtures/pipelines/fuzzed/pipeline.ts';

/*
 * What happens to an answer between the socket and the landing file, at a volume that HTTP would take minutes for: bytes are
 * parsed, rows found, projected, spooled to files, and converted to Parquet and rejects.
 */

const ANSWERS = 100_000;
const OF_A_SLICE = 1_000;
const SLICES_OF_A_BATCH = 10;
const PII = markForms('PII');
type StreamName = 'device_states' | 'hierarchy' | 'daily_aggregates';
/** Some device states, some hierarchies, mostly aggregates: that is how often they are asked for. */
const STREAMS: readonly StreamName[] = [
  'device_states',
  'hierarchy',
  'device_states',
  ...Array<StreamName>(7).fill('daily_aggregates'),
];

const FILLED = {
  slice: 'c-00001',
  shard: 's1',
  takenAt: '2026-11-21T09:30:00Z',
  way: 'fine',
  day: '2026-11-20',
};
const CURSOR = '1';

/** How a stream's answers are read, as its declaration says. */
interface Reader {
  readonly contract: HttpSnapshotStreamDeclaration['contract'];
  readonly rows: RowPath;
  readonly entityOf: (row: RawRow) => string | null;
  readonly projection: Projection;
  readonly dropped: DroppedKeys;
}

const chance = seededChance(20_261_121);
const errors = new LogTap();
const readers = Object.fromEntries(
  (['device_states', 'hierarchy', 'daily_aggregates'] as const).map((name) => [name, readerOf(name)]),
) as Record<StreamName, Reader>;
let folder: string;
let engine: ParquetEngine;

beforeAll(async () => {
  errors.watch(PII);
  folder = await mkdtemp(join(tmpdir(), 'fuzzed-answers-'));
  await mkdir(join(folder, 'spools'));
  engine = await openParquetEngine({ workDir: join(folder, 'duckdb') });
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

function readerOf(name: StreamName): Reader {
  const stream = fuzzed.streams[name];
  if (stream?.kind !== 'snapshot' && stream?.kind !== 'period')
    throw new Error('these are streams of an API');
  const { contract, map, drop, entity, eventTime } = stream;
  const rows = stream.kind === 'snapshot' ? stream.endpoint.rows : stream.fine.endpoint.rows;
  const dropped = recordDroppedKeys();
  const hashKey = Buffer.from('a key that only this test has, and no other');
  const projection = compileProjection({ contract, map, drop, entity, eventTime, rows, hashKey }, dropped);
  return { contract, rows: compileRowPath(rows), entityOf: compileEntityOf(stream), projection, dropped };
}

const TEXTS = Object.keys(TEXT_CHANGES).filter(
  (name) => !/gzip|long|other type|other encoding/.test(name),
) as (keyof typeof TEXT_CHANGES)[];

/** Half have been tampered with; the others have personal data beside what is allowed only. */
function fuzz(text: string): Buffer {
  const which = chance.unit();
  if (which < 0.45) {
    const body = JSON.parse(text) as JsonObject;
    tamperValues(chance, body);
    return Buffer.from(JSON.stringify(body));
  }
  if (which > 0.5) return Buffer.from(text);
  return TEXT_CHANGES[chance.pick(TEXTS)](chance, { status: 200, headers: {}, bytes: Buffer.from(text) })
    .bytes;
}

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function rowsOf(reader: Reader, bytes: Buffer): Promise<RawPiece[]> {
  const read = readRows(
    inPieces(bytes),
    reader.rows,
    { shard: 's1', endpoint: '/v1/fuzzed' },
    reader.projection.picker,
  );
  try {
    const { value } = await read.next();
    return Array.isArray(value) ? value : (value?.rows ?? []);
  } catch (error) {
    errors.takeError(error);
    return [];
  }
}

async function spoolSlice(name: StreamName, nth: number, texts: readonly string[]): Promise<SpooledSlice> {
  const reader = readers[name];
  const spool = openSliceSpool({
    contract: reader.contract,
    path: join(folder, 'spools', `slice-${nth}`),
    memoryBytes: 64 * 1024,
  });
  for (let answer = 0; answer < OF_A_SLICE; answer += 1) {
    const rows = await rowsOf(reader, fuzz(texts[answer % texts.length] ?? ''));
    new DistinctRows(reader.entityOf).keepFresh(rows);
    for (const row of rows) {
      if (row instanceof PickedRows)
        await spool.addPicked(reader.projection.projectPicked(row, FILLED), CURSOR);
      else await spool.add(reader.projection.project(row, FILLED), CURSOR);
    }
  }
  return spool.finish();
}

test('of 100,000 answers, whatever was put into them, no mark is in spools, files, rejects, errors or counts', async () => {
  const samples = sampleAnswers(500);
  const total = { rows: 0, rejected: 0, spoolFiles: 0 };
  let nth = 0;
  for (let batch = 0; nth * OF_A_SLICE < ANSWERS; batch += 1) {
    const name: StreamName = STREAMS[batch % STREAMS.length] ?? 'daily_aggregates';
    const slices: SpooledSlice[] = [];
    for (; slices.length < SLICES_OF_A_BATCH; nth += 1)
      slices.push(await spoolSlice(name, nth, samples[name]));
    const spooled = await searchFiles(join(folder, 'spools'), PII);
    expect(spooled.found).toEqual([]);
    total.spoolFiles += spooled.files;
    const converted = await convertRowBatch(engine, {
      contract: readers[name].contract,
      versionKind: 'ordinal',
      csvPath: join(folder, `batch-${batch}.csv`),
      outPath: join(folder, `batch-${batch}.parquet`),
      rejectsPath: join(folder, `batch-${batch}.rejects.parquet`),
      slices: slices.map((spool, index) => ({ slice: `s1/c-${index}`, versionSuffix: '0a', spool })),
    });
    await Promise.all(slices.map((spool) => spool.discard()));
    expect(
      PII.isIn(
        JSON.stringify(converted, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
      ),
    ).toBe(false);
    total.rows += converted.rows;
    total.rejected += converted.rejectedRows;
  }
  const { found, rows } = await searchFiles(folder, PII);
  expect(found).toEqual([]);
  expect(rows).toBe(total.rows + total.rejected);
  expect(total.rows).toBeGreaterThan(ANSWERS / 2);
  expect(total.rejected).toBeGreaterThan(ANSWERS / 20);
  expect(total.spoolFiles).toBeGreaterThan(SLICES_OF_A_BATCH);
  expect(errors.errors).toBeGreaterThan(ANSWERS / 100);
  expect(errors.foundOf(PII)).toEqual([]);
  const dropped = Object.values(readers).flatMap((reader) => reader.dropped.snapshot());
  expect(dropped.length).toBeGreaterThan(20);
  expect(PII.isIn(JSON.stringify(dropped))).toBe(false);
});
