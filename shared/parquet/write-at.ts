import type { FileHandle } from 'node:fs/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { parquetErrors } from './errors.ts';

/** Buffers that the kernel takes in one call (IOV_MAX of Linux and macOS). */
const MOST_AT_ONCE = 1024;

/**
 * Writes pieces one after the other, as many as one call takes: each call is a turn of the event loop, which is long while pages
 * are parsed.
 *
 * @param at where the first goes.
 * @returns where the last ends.
 * @throws PenstockError PARQUET_OUT_OF_SPACE
 */
export async function writeAt(file: FileHandle, pieces: readonly Uint8Array[], at: number): Promise<number> {
  let end = at;
  for (let from = 0; from < pieces.length; from += MOST_AT_ONCE) {
    let left = pieces.slice(from, from + MOST_AT_ONCE);
    while (left.length > 0) {
      const written = await writeSome(file, left, end);
      end += written;
      left = after(left, written);
    }
  }
  return end;
}

async function writeSome(file: FileHandle, pieces: readonly Uint8Array[], at: number): Promise<number> {
  try {
    return (await file.writev(pieces, at)).bytesWritten;
  } catch (error) {
    throw toSpaceError(error);
  }
}

/** What is left of the pieces when only so many bytes were taken. */
function after(pieces: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let done = bytes;
  const left: Uint8Array[] = [];
  for (const piece of pieces) {
    if (done < piece.length) left.push(piece.subarray(done));
    done = Math.max(0, done - piece.length);
  }
  return left;
}

/** Facts name the kind of failure only: a path may hold a slice's name, never more. */
export function toSpaceError(error: unknown): PenstockError {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return new PenstockError(parquetErrors.outOfSpace, { code }, { cause: error });
}
