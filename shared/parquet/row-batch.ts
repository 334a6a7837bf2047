import { type FileHandle, open, rm } from 'node:fs/promises';
import type { SpooledSlice } from './slice-spool.ts';
import { writeAt } from './write-at.ts';

/** A whole slice and what its rows are stamped with. */
export interface BatchSlice {
  readonly slice: string;
  /** Lower-case hex of the source's ordinal, as of `VersionStamp`. */
  readonly versionSuffix: string;
  readonly spool: SpooledSlice;
}

/** The text of several whole slices in one file, on its way to one landing file. */
export interface RowBatch {
  readonly csvPath: string;
  /** In the order they were appended. A slice may stand here more than once (several days of it). */
  readonly slices: readonly BatchSlice[];
  /** Of text. */
  readonly bytes: number;
  /**
   * Copies the text of slices to the end of the file; their spools stay the caller's, who keeps them until the batch is converted.
   * When a copy fails none of these slices is in the batch, and those of earlier calls are.
   *
   * @throws PenstockError PARQUET_OUT_OF_SPACE
   */
  append(slices: readonly BatchSlice[]): Promise<void>;
  /** Cuts off what a failed copy left; to be called before the file is read. */
  seal(): Promise<void>;
  /** Removes the file. Idempotent. */
  discard(): Promise<void>;
}

/** @param csvPath made with the first slice, readable by the owner alone. */
export function openRowBatch(csvPath: string): RowBatch {
  const slices: BatchSlice[] = [];
  let file: FileHandle | undefined;
  let bytes = 0;
  const opened = async (): Promise<FileHandle> => {
    file ??= await open(csvPath, 'w', 0o600);
    return file;
  };
  return {
    csvPath,
    slices,
    get bytes() {
      return bytes;
    },
    async append(more) {
      const end = await copyTexts(await opened(), more, bytes);
      bytes = end;
      slices.push(...more);
    },
    async seal() {
      await (await opened()).truncate(bytes);
    },
    async discard() {
      const held = file;
      file = undefined;
      await held?.close();
      await rm(csvPath, { force: true });
    },
  };
}

/** What memory holds of several slices is written together. @returns where the text ends. */
async function copyTexts(file: FileHandle, slices: readonly BatchSlice[], from: number): Promise<number> {
  let at = from;
  let held: Buffer[] = [];
  const flush = async (pieces: readonly Buffer[]): Promise<void> => {
    at = await writeAt(file, pieces, at);
  };
  for (const { spool } of slices) {
    if (spool.held !== undefined) held.push(...spool.held);
    else {
      await flush(held);
      held = [];
      for await (const piece of spool.text()) await flush([piece]);
    }
  }
  await flush(held);
  return at;
}
