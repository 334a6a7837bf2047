import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/** Hash of an object's bytes. `hex` is lower case, 64 digits. */
export interface Checksum {
  readonly algorithm: 'sha256';
  readonly hex: string;
}

const HEX = /^[0-9a-f]{64}$/;

/** Reads a checksum back from the ledger. @throws Error when it is not 64 lower-case hex digits. */
export function sha256FromHex(hex: string): Checksum {
  if (!HEX.test(hex)) throw new Error('a SHA-256 checksum is 64 lower-case hex digits');
  return { algorithm: 'sha256', hex };
}

export const sameChecksum = (a: Checksum, b: Checksum): boolean =>
  a.algorithm === b.algorithm && a.hex === b.hex;

/** Large enough that hashing, not calling, is the cost; small enough that the event loop breathes. */
const CHUNK_BYTES = 1 << 18;

/** Of the last file, for the next: what each file took for itself was collected long after. */
let idle: Buffer | undefined;

/**
 * Reads a file once in bounded memory, hashing it and handing every chunk on.
 *
 * @param use gets each chunk before the next is read; the buffer is reused afterwards.
 * @returns size in bytes and checksum of what was read.
 * @throws the file system's error, or the signal's reason.
 */
export async function hashFile(
  path: string,
  use: (chunk: Uint8Array) => Promise<void> = async () => {},
  signal?: AbortSignal,
): Promise<{ bytes: number; checksum: Checksum }> {
  const hash = createHash('sha256');
  const handle = await open(path, 'r');
  const buffer = idle ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  idle = undefined;
  try {
    let bytes = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, bytes);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      await use(chunk);
      bytes += bytesRead;
    }
    return { bytes, checksum: { algorithm: 'sha256', hex: hash.digest('hex') } };
  } finally {
    await handle.close();
    idle = buffer;
  }
}
