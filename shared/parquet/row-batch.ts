import { type FileHandle, open, rm } from 'node:fs/promises';
import type { SpooledSlice } from './slice-spool.ts';
import { toSpaceError } from './spilled-text.ts';

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
   * Copies a slice's text to the end of the file; its spool stays the caller's, who keeps it until the batch is converted. A
   * slice whose copy fails is not in the batch, and those before it are.
   *
   * @throws PenstockError PARQUET_OUT_OF_SPACE
   */
  append(slice: BatchSlice): Promise<void>;
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
    async append(slice) {
      const end = await copyText(await opened(), slice.spool, bytes);
      bytes = end;
      slices.push(slice);
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

/** @returns where the text ends. */
async function copyText(file: FileHandle, spool: SpooledSlice, from: number): Promise<number> {
  let at = from;
  for await (const piece of spool.text()) {
    try {
      for (let done = 0; done < piece.length; ) {
        const { bytesWritten } = await file.write(piece, done, piece.length - done, at);
        done += bytesWritten;
        at += bytesWritten;
      }
    } catch (error) {
      throw toSpaceError(error);
    }
  }
  return at;
}
