import { readdir, readFile, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import { csvLine } from '#test/support/csv-line.ts';
import { type ParquetFolder, parquetFolder } from '#test/support/parquet-folder.ts';
import { openCsvStream } from './open-csv-stream.ts';

const contract = defineContract({
  version: 1,
  key: ['id'],
  fields: {
    id: f.int64(),
    note: f.text({ nullable: true }),
    at: f.timestamptz({ nullable: true }),
    raw: f.bytes({ nullable: true }),
    tags: f.array({ kind: 'text' }, { nullable: true }),
  },
});

let folder: ParquetFolder;

beforeAll(async () => {
  folder = await parquetFolder();
});

afterAll(() => folder.remove());

/** Rows enough to fill a pipe many times over. */
const MANY = Array.from({ length: 60_000 }, (_, i) => `${i},some text that takes room,,,,1\n`).join('');

async function pipesLeft(): Promise<string[]> {
  return (await readdir(folder.engine.workDir)).filter((name) => name.endsWith('.pipe'));
}

test('rows of several files come one after the other, NULL and empty text apart', async () => {
  const tags = '["a b",null,"{}","\\\\"]';
  const one =
    csvLine(['1', '', '2020-01-01 00:00:00.5+00', '\\x00ff', tags, '5']) +
    csvLine(['2', null, null, null, '[]', null]);
  const first = await folder.convert('first', contract, one);
  const second = await folder.convert('second', contract, '3,"a ""b""\r\n",,\\x,,7\n', { expectedRows: 1 });
  const { stream, done } = await openCsvStream(
    folder.engine,
    [
      { path: first.path, fileId: 11n },
      { path: second.path, fileId: 9007199254740993n },
    ],
    contract,
  );
  const lines = await text(stream);
  expect(await done).toEqual([
    { fileId: 11n, rows: 2 },
    { fileId: 9007199254740993n, rows: 1 },
  ]);
  const [a = '', b = '', ...rest] = lines.replaceAll(/[0-9a-f]{32}/g, 'HASH').split('\n');
  expect(a).toBe('1,"",2020-01-01 00:00:00.5+00,\\x00ff,"{""a b"",NULL,""{}"",""\\\\""}",5,0f,HASH,"",11');
  expect(b).toBe('2,,,,{},,0f,HASH,"",11');
  expect(rest.join('\n')).toBe('3,"a ""b""\r\n",,\\x,,7,0f,HASH,"",9007199254740993\n');
  expect(await pipesLeft()).toEqual([]);
});

test('no files are no rows', async () => {
  const { stream, done } = await openCsvStream(folder.engine, [], contract);
  expect(await text(stream)).toBe('');
  expect(await done).toEqual([]);
});

test('a damaged file fails stream and count, by its id', async () => {
  const { path } = await folder.convert('damaged', contract, MANY);
  const bytes = await readFile(path);
  await writeFile(path, bytes.fill(0xff, 200, 20_000));
  const { stream, done } = await openCsvStream(folder.engine, [{ path, fileId: 12n }], contract);
  await expect(text(stream)).rejects.toMatchObject({ code: 'PARQUET_UNREADABLE' });
  await expect(done).rejects.toMatchObject({ code: 'PARQUET_UNREADABLE', facts: { fileId: '12' } });
  expect(await pipesLeft()).toEqual([]);
});

test('destroying the stream, or the signal, stops DuckDB', async () => {
  const { path } = await folder.convert('stopped', contract, MANY);
  const files = Array.from({ length: 50 }, (_, i) => ({ path, fileId: BigInt(i) }));
  const destroyed = await openCsvStream(folder.engine, files, contract);
  destroyed.stream.once('data', () => destroyed.stream.destroy());
  await expect(destroyed.done).rejects.toMatchObject({ code: 'PARQUET_ABORTED' });

  const abort = new AbortController();
  const aborted = await openCsvStream(folder.engine, files, contract, { signal: abort.signal });
  aborted.stream.once('data', () => abort.abort());
  await expect(text(aborted.stream)).rejects.toMatchObject({ code: 'PARQUET_ABORTED' });
  await expect(aborted.done).rejects.toMatchObject({ code: 'PARQUET_ABORTED' });
  expect(await pipesLeft()).toEqual([]);
});

test('a stream nobody reads yet does not stop others, however many there are', async () => {
  const { path } = await folder.convert('starving', contract, MANY);
  const open = () => openCsvStream(folder.engine, [{ path, fileId: 1n }], contract);
  const waiting = await Promise.all(Array.from({ length: 6 }, open));
  const sizes: number[] = [];
  // The last one opened is read first: its query may be queued behind all the others.
  for (const { stream, done } of waiting.toReversed()) {
    for (const other of waiting) if (other.stream !== stream) other.stream.resume();
    sizes.push((await text(stream)).length);
    await done;
  }
  expect(sizes[0]).toBeGreaterThan(MANY.length);
});
