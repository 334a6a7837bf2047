import { hashFile } from '#shared/landing/checksum.ts';

/** What a finished file is known by. */
export interface FileDigest {
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Reads a file once, in chunks, for its size and sha256. */
export async function digestFile(path: string): Promise<FileDigest> {
  const { bytes, checksum } = await hashFile(path);
  return { bytes, sha256: checksum.hex };
}
