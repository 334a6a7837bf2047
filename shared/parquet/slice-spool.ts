import type { Contract } from '#shared/pipeline/contract.ts';
import type { ProjectedRow, ProjectedRows, RejectedRow } from '#shared/pipeline/project-row.ts';
import { instantMicros } from './instant-micros.ts';
import { openNumbers } from './open-numbers.ts';
import { readRejectLines, rejectLine, type SpooledReject } from './reject-lines.ts';
import { rowLineWriter } from './row-line.ts';
import { SpilledText } from './spilled-text.ts';

/** What a slice's rows are collected for. */
export interface SliceSpoolOptions {
  readonly contract: Contract;
  /** Files `<path>.csv` and `<path>.rejects` are made when the rows outgrow memory. */
  readonly path: string;
  /** Text held in memory, default 1 MiB; rejects may take a quarter of it besides. */
  readonly memoryBytes?: number;
}

/**
 * The rows of one slice while they come in. A slice that fails half-way is discarded and has left nothing; one that is
 * finished goes whole into a batch (`convert-row-batch.ts`).
 */
export interface SliceSpool {
  readonly rows: number;
  readonly rejectedRows: number;
  /**
   * Takes the next row.
   *
   * @param cursor integer text, or null.
   * @returns a promise to await before many more rows, when memory is full; it fails with PARQUET_OUT_OF_SPACE.
   */
  add(row: ProjectedRow, cursor: string | null): Promise<void> | undefined;
  /** Copies picked rows; nothing of them is needed when this returns. Otherwise like {@link add}. */
  addPicked(rows: ProjectedRows, cursor: string | null): Promise<void> | undefined;
  finish(): Promise<SpooledSlice>;
  /** Idempotent. */
  discard(): Promise<void>;
}

/** A whole slice's rows. */
export interface SpooledSlice {
  /** Stands in each line of {@link text}. No two spools that are not discarded have one; a discarded one's is used again. */
  readonly id: number;
  readonly rows: number;
  readonly rejectedRows: number;
  /** Of text. */
  readonly bytes: number;
  /** Over the good rows; null when none has a cursor. */
  readonly cursorMin: bigint | null;
  readonly cursorMax: bigint | null;
  readonly nullCursorRows: number;
  /** Newest event of the good rows in microseconds; null when none has a time. */
  readonly eventTimeMax: bigint | null;
  text(): AsyncIterable<Buffer>;
  /** The same when memory holds all of it, good until it is discarded; undefined when a file does. */
  readonly held: readonly Buffer[] | undefined;
  rejects(): AsyncIterable<SpooledReject>;
  /** Idempotent. */
  discard(): Promise<void>;
}

const DEFAULT_MEMORY_BYTES = 1 << 20;
const spoolIds = openNumbers();

/** Opens a spool. Nothing is written until the rows outgrow memory. */
export function openSliceSpool(options: SliceSpoolOptions): SliceSpool {
  const { contract, path, memoryBytes = DEFAULT_MEMORY_BYTES } = options;
  const text = new SpilledText(`${path}.csv`, memoryBytes);
  const rejects = new SpilledText(`${path}.rejects`, memoryBytes / 4);
  const lines = rowLineWriter(contract);
  const { id, release } = spoolIds.take();
  const tail = String(id);
  const tally = new Tally();
  const reject = (row: RejectedRow, cursor: string | null): Promise<void> | undefined => {
    tally.rejectedRows += 1;
    rejects.write(rejectLine(row, cursor));
    return rejects.settle();
  };
  const discard = async (): Promise<void> => {
    await Promise.all([text.discard(), rejects.discard()]);
    release();
  };
  return {
    get rows() {
      return tally.rows;
    },
    get rejectedRows() {
      return tally.rejectedRows;
    },
    add(row, cursor) {
      if (!row.ok) return reject(row, cursor);
      tally.good(1, cursor);
      if (row.eventTime !== null) tally.eventAt(row.eventTime);
      lines.write(text, row.fields, cursor, tail);
      return text.settle();
    },
    addPicked(projected, cursor) {
      if (!projected.ok) return projected.rejected.map((row) => reject(row, cursor)).at(-1);
      const { rows, fields, eventTime } = projected;
      tally.good(rows.count, cursor);
      if (eventTime === undefined) tally.eventsUpTo(rows.newestEvent());
      else if (eventTime !== null) tally.eventAt(eventTime);
      lines.writePicked(text, rows, fields, cursor, tail);
      return text.settle();
    },
    async finish() {
      await Promise.all([text.finish(), rejects.finish()]);
      return {
        id,
        ...tally.totals(),
        bytes: text.bytes,
        text: () => text.read(),
        held: text.held,
        rejects: () => readRejectLines(contract, rejects.read()),
        discard,
      };
    },
    discard,
  };
}

type Totals = Pick<
  SpooledSlice,
  'rows' | 'rejectedRows' | 'cursorMin' | 'cursorMax' | 'nullCursorRows' | 'eventTimeMax'
>;

/** Counts rows as they come. */
class Tally {
  rows = 0;
  rejectedRows = 0;
  #nullCursorRows = 0;
  #lastCursor: string | null = null;
  #cursorMin: bigint | null = null;
  #cursorMax: bigint | null = null;
  #newestText: string | null = null;
  #newestMicros: number | undefined;

  good(rows: number, cursor: string | null): void {
    this.rows += rows;
    if (cursor === null) this.#nullCursorRows += rows;
    else if (cursor !== this.#lastCursor) this.#takeCursor(cursor);
  }

  /** @param time canonical text; such texts are ordered as the times are. */
  eventAt(time: string): void {
    if (this.#newestText === null || time > this.#newestText) this.#newestText = time;
  }

  /** @param newestMicros since 1970; undefined when none of them has a time. */
  eventsUpTo(newestMicros: number | undefined): void {
    if (newestMicros === undefined) return;
    if (this.#newestMicros === undefined || newestMicros > this.#newestMicros)
      this.#newestMicros = newestMicros;
  }

  totals(): Totals {
    return {
      rows: this.rows,
      rejectedRows: this.rejectedRows,
      cursorMin: this.#cursorMin,
      cursorMax: this.#cursorMax,
      nullCursorRows: this.#nullCursorRows,
      eventTimeMax: this.#newestEvent(),
    };
  }

  #newestEvent(): bigint | null {
    const ofText = this.#newestText === null ? null : instantMicros(this.#newestText);
    const ofNumber = this.#newestMicros === undefined ? null : BigInt(this.#newestMicros);
    if (ofText === null || ofNumber === null) return ofText ?? ofNumber;
    return ofText > ofNumber ? ofText : ofNumber;
  }

  #takeCursor(cursor: string): void {
    const value = BigInt(cursor);
    if (this.#cursorMin === null || value < this.#cursorMin) this.#cursorMin = value;
    if (this.#cursorMax === null || value > this.#cursorMax) this.#cursorMax = value;
    this.#lastCursor = cursor;
  }
}
