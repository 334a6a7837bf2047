import { type FileHandle, open } from 'node:fs/promises';
import type { ParquetProblem } from './inspect-parquet.ts';

/** What can be told without reading the footer itself. */
export type Envelope =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly problem: ParquetProblem };

/** What a file begins and ends with. */
export const MAGIC = 'PAR1';
const MAGIC_BYTES = 4;
/** Footer length (4 bytes, little endian) and the closing magic. */
const TAIL_BYTES = 8;

/** Checks magic bytes and footer length: tells a cut file from one that never was Parquet. */
export async function readParquetEnvelope(path: string): Promise<Envelope> {
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { ok: false, problem: 'missing' };
    throw error;
  }
  try {
    const { size } = await file.stat();
    const head = await bytesAt(file, 0, MAGIC_BYTES);
    if (head.toString('latin1') !== MAGIC) return { ok: false, problem: 'not-parquet' };
    const tail = await bytesAt(file, Math.max(0, size - TAIL_BYTES), TAIL_BYTES);
    const closed = size >= MAGIC_BYTES + TAIL_BYTES && tail.subarray(4).toString('latin1') === MAGIC;
    if (!closed) return { ok: false, problem: 'truncated' };
    const footerFits = tail.readUInt32LE(0) <= size - MAGIC_BYTES - TAIL_BYTES;
    return footerFits ? { ok: true, bytes: size } : { ok: false, problem: 'corrupt' };
  } finally {
    await file.close();
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
