import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { VersionStamp } from './conversion-sql.ts';
import type { ConvertedPart, ListedReject } from './convert-csv-part.ts';
import { digestFile, syncFile } from './durable-file.ts';
import { parquetErrors } from './errors.ts';
import type { ParquetEngine, ParquetSession } from './parquet-engine.ts';
import { readRejectedRows } from './read-rejected-rows.ts';
import { type BatchSlice, openRowBatch, type RowBatch } from './row-batch.ts';
import { type CountedPlan, type GoodRows, withBuffersFor, writeGoodRows } from './write-good-rows.ts';
import { type RejectedRow, writeRejectsFile } from './write-rejects-file.ts';

/** How a batch becomes files. */
export interface BatchConversion {
  readonly contract: Contract;
  readonly versionKind: VersionStamp['kind'];
  /** Overwritten when there; both files are durable on return. */
  readonly outPath: string;
  readonly rejectsPath: string;
  /** How many rejects to return by column and code, default 10,000; the rejects file holds them all. */
  readonly maxListedRejects?: number;
  readonly signal?: AbortSignal;
}

/** One slice of a batch, as it was landed. */
export interface ConvertedSlice extends GoodRows {
  readonly slice: string;
  readonly versionSuffix: string;
  /** Newest event in microseconds, null when no row has a time. */
  readonly eventTimeMax: bigint | null;
}

/** One reject without its values; ordinals are those of the rejects file. */
export interface BatchReject extends ListedReject {
  readonly slice: string;
}

/** What a batch became. `rows` may be 0: then the file holds a schema only and need not be landed. */
export interface ConvertedBatch extends Omit<ConvertedPart, 'rejects'> {
  readonly rejects: readonly BatchReject[];
  /** In the batch's order. */
  readonly slices: readonly ConvertedSlice[];
}

/**
 * Converts whole slices, whose spools stay the caller's, to one landing file, each row stamped with its slice and version, and
 * one rejects file for what their projections rejected. Every row of every slice is in one of the two, or nothing is returned.
 *
 * @throws PenstockError as `convertCsvPart` does.
 */
export async function convertRowBatch(
  engine: ParquetEngine,
  conversion: BatchConversion & { readonly slices: readonly BatchSlice[]; readonly csvPath: string },
): Promise<ConvertedBatch> {
  const batch = openRowBatch(conversion.csvPath);
  try {
    await batch.append(conversion.slices);
    return await convertBatch(engine, batch, conversion);
  } finally {
    await batch.discard();
  }
}

/** The same of a batch that was appended to over time; the caller discards it afterwards. */
export async function convertBatch(
  engine: ParquetEngine,
  batch: RowBatch,
  conversion: BatchConversion,
): Promise<ConvertedBatch> {
  await batch.seal();
  const plan = planOf(batch, conversion);
  return withBuffersFor((maxRowBytes) =>
    engine.use(async (session) => {
      const good = await writeGoodRows(session, plan, maxRowBytes);
      const rejected = new Rejects(batch, good.rejectedRows, conversion);
      const rejectsFile = await rejected.write(session, plan, maxRowBytes);
      const [digest] = await Promise.all([digestFile(plan.outPath), syncFile(plan.outPath)]);
      const { rejects, slices, rejectedRows } = rejected;
      return { path: plan.outPath, ...good, ...digest, rejectedRows, rejects, rejectsFile, slices };
    }, conversion.signal),
  );
}

function planOf({ csvPath, slices, bytes }: RowBatch, conversion: BatchConversion): CountedPlan {
  if (slices.length === 0) throw new TypeError('a batch has at least one slice');
  if (new Set(slices.map(({ spool }) => spool.id)).size < slices.length)
    throw new TypeError('a spool was given up while it was in a batch, and its id is another’s by now');
  const { contract, versionKind, outPath } = conversion;
  const expectedRows = slices.reduce((sum, { spool }) => sum + spool.rows, 0);
  return {
    ...{ contract, csvPath, outPath, slice: '', version: { kind: versionKind, suffix: '' } },
    spools: slices.map(({ slice, versionSuffix, spool }) => ({ id: spool.id, slice, suffix: versionSuffix })),
    expectedRows,
    rowGroupRows: rowGroupRows(bytes, expectedRows),
  };
}

/** Text of a row group. At 64 MiB a conversion of 100,000 states took 130 MB more, and at 150 MB of text all there was. */
const ROW_GROUP_BYTES = 4 << 20;
/** DuckDB counts a row group's rows in its vectors of 2,048; the most is what other conversions take. */
const [LEAST_ROWS, MOST_ROWS] = [2048, 61_440];

function rowGroupRows(bytes: number, rows: number): number {
  const fitting = ROW_GROUP_BYTES / (bytes / Math.max(1, rows) || 1);
  return Math.min(MOST_ROWS, Math.max(LEAST_ROWS, Math.floor(fitting / LEAST_ROWS) * LEAST_ROWS));
}

const DEFAULT_LISTED_REJECTS = 10_000;
/** Rejects handed on at once. */
const REJECTS_AT_ONCE = 500;

/**
 * The rejects of a batch: those of the projections, and any that the SQL predicate finds besides. There should be none of
 * those, since both judge alike; were there one, its row goes aside as others do instead of failing every slice.
 */
class Rejects {
  readonly rejects: BatchReject[] = [];
  readonly rejectedRows: number;
  readonly #batch: RowBatch;
  readonly #foundBySql: number;
  readonly #conversion: BatchConversion;
  /** By spool. */
  readonly #found = new Map<number, number>();
  #ordinal = 0n;

  constructor(batch: RowBatch, foundBySql: number, conversion: BatchConversion) {
    this.#batch = batch;
    this.#foundBySql = foundBySql;
    this.#conversion = conversion;
    this.rejectedRows = batch.slices.reduce((sum, { spool }) => sum + spool.rejectedRows, foundBySql);
  }

  /** Counts by slice, after {@link write}. */
  get slices(): ConvertedSlice[] {
    return this.#batch.slices.map(({ slice, versionSuffix, spool }) => {
      const { cursorMin, cursorMax, nullCursorRows, eventTimeMax } = spool;
      const found = this.#found.get(spool.id) ?? 0;
      const [rows, rejectedRows] = [spool.rows - found, spool.rejectedRows + found];
      return { slice, versionSuffix, rows, rejectedRows, cursorMin, cursorMax, nullCursorRows, eventTimeMax };
    });
  }

  async write(
    session: ParquetSession,
    plan: CountedPlan,
    maxRowBytes: number,
  ): Promise<ConvertedBatch['rejectsFile']> {
    if (this.rejectedRows === 0) return undefined;
    const { contract, rejectsPath } = this.#conversion;
    const all = this.#all(session, plan, maxRowBytes);
    const file = await writeRejectsFile(rejectsPath, { contract, slice: '' }, all);
    if (file.rows === this.rejectedRows) return file;
    throw new PenstockError(parquetErrors.rowsDiffer, { expected: this.rejectedRows, found: file.rows });
  }

  async *#all(
    session: ParquetSession,
    plan: CountedPlan,
    maxRowBytes: number,
  ): AsyncGenerator<readonly RejectedRow[]> {
    for (const { slice, spool } of this.#batch.slices) {
      let some: RejectedRow[] = [];
      for await (const reject of spool.rejects()) {
        some.push(this.#numbered({ ...reject, slice, ordinal: 0n }, slice));
        if (some.length < REJECTS_AT_ONCE) continue;
        yield some;
        some = [];
      }
      yield some;
    }
    if (this.#foundBySql > 0) yield* this.#bySql(session, plan, maxRowBytes);
  }

  async *#bySql(
    session: ParquetSession,
    plan: CountedPlan,
    maxRowBytes: number,
  ): AsyncGenerator<readonly RejectedRow[]> {
    const slices = new Map(this.#batch.slices.map(({ slice, spool }) => [spool.id, slice]));
    for await (const batch of readRejectedRows(session, plan, maxRowBytes)) {
      yield batch.map(({ spool = -1, ...reject }) => {
        const slice = slices.get(spool);
        if (slice === undefined) throw new PenstockError(parquetErrors.rowsDiffer, { expected: 0, found: 1 });
        this.#found.set(spool, (this.#found.get(spool) ?? 0) + 1);
        return this.#numbered(reject, slice);
      });
    }
  }

  #numbered(reject: RejectedRow, slice: string): RejectedRow {
    this.#ordinal += 1n;
    const { column, code } = reject;
    const most = this.#conversion.maxListedRejects ?? DEFAULT_LISTED_REJECTS;
    if (this.rejects.length < most)
      this.rejects.push({ slice, column, code, ordinal: Number(this.#ordinal) });
    return { ...reject, slice, ordinal: this.#ordinal };
  }
}
