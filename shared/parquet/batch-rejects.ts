import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { VersionStamp } from './conversion-sql.ts';
import type { ListedReject } from './convert-csv-part.ts';
import { parquetErrors } from './errors.ts';
import type { ReadReject } from './read-rejected-rows.ts';
import type { BatchSlice } from './row-batch.ts';
import type { GoodRows } from './write-good-rows.ts';
import { type RejectedRow, type RejectsFile, writeRejectsFile } from './write-rejects-file.ts';

/** How a batch becomes files. */
export interface BatchConversion {
  readonly contract: Contract;
  readonly versionKind: VersionStamp['kind'];
  /** Overwritten when there. The store that the files are handed to makes them durable. */
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

const DEFAULT_LISTED_REJECTS = 10_000;
/** Rejects handed on at once. */
const REJECTS_AT_ONCE = 500;

/** Rows that a conversion found to break the contract, though their projection had passed them. */
export interface FoundRejects {
  readonly rows: number;
  read(): AsyncIterable<readonly ReadReject[]>;
}

const NONE_FOUND: FoundRejects = { rows: 0, async *read() {} };

/**
 * The rejects of a batch: those of the projections, and any that the conversion finds besides. There should be none of
 * those, since both judge alike; were there one, its row goes aside as others do instead of failing every slice.
 */
export class BatchRejects {
  readonly rejects: BatchReject[] = [];
  readonly rejectedRows: number;
  readonly #slices: readonly BatchSlice[];
  readonly #conversion: BatchConversion;
  readonly #found: FoundRejects;
  /** By spool. */
  readonly #foundOf = new Map<number, number>();
  #ordinal = 0n;

  constructor(slices: readonly BatchSlice[], conversion: BatchConversion, found = NONE_FOUND) {
    this.#slices = slices;
    this.#conversion = conversion;
    this.#found = found;
    this.rejectedRows = slices.reduce((sum, { spool }) => sum + spool.rejectedRows, found.rows);
  }

  /** Counts by slice, after {@link write}. */
  get slices(): ConvertedSlice[] {
    return this.#slices.map(({ slice, versionSuffix, spool }) => {
      const { cursorMin, cursorMax, nullCursorRows, eventTimeMax } = spool;
      const found = this.#foundOf.get(spool.id) ?? 0;
      const [rows, rejectedRows] = [spool.rows - found, spool.rejectedRows + found];
      return { slice, versionSuffix, rows, rejectedRows, cursorMin, cursorMax, nullCursorRows, eventTimeMax };
    });
  }

  /** @returns the rejects file; undefined when there are none. */
  async write(): Promise<RejectsFile | undefined> {
    if (this.rejectedRows === 0) return undefined;
    const { contract, rejectsPath } = this.#conversion;
    const file = await writeRejectsFile(rejectsPath, { contract, slice: '' }, this.#all());
    if (file.rows === this.rejectedRows) return file;
    throw new PenstockError(parquetErrors.rowsDiffer, { expected: this.rejectedRows, found: file.rows });
  }

  async *#all(): AsyncGenerator<readonly RejectedRow[]> {
    for (const { slice, spool } of this.#slices) {
      let some: RejectedRow[] = [];
      for await (const reject of spool.rejects()) {
        some.push(this.#numbered({ ...reject, slice, ordinal: 0n }, slice));
        if (some.length < REJECTS_AT_ONCE) continue;
        yield some;
        some = [];
      }
      yield some;
    }
    if (this.#found.rows > 0) yield* this.#alsoFound();
  }

  async *#alsoFound(): AsyncGenerator<readonly RejectedRow[]> {
    const slices = new Map(this.#slices.map(({ slice, spool }) => [spool.id, slice]));
    for await (const batch of this.#found.read()) {
      yield batch.map(({ spool = -1, ...reject }) => {
        const slice = slices.get(spool);
        if (slice === undefined) throw new PenstockError(parquetErrors.rowsDiffer, { expected: 0, found: 1 });
        this.#foundOf.set(spool, (this.#foundOf.get(spool) ?? 0) + 1);
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
