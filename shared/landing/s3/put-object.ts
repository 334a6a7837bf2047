import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type CompletedPart, PutObjectCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { S3Bucket } from '#shared/s3/s3-bucket.ts';
import { s3FaultOf } from '#shared/s3/s3-fault.ts';
import { hashFile, sameChecksum, sha256FromHex } from '../checksum.ts';
import { landingErrors } from '../errors.ts';
import type { ObjectIdentity, PutOptions } from '../landing-store.ts';
import { createInParts, type Upload } from './multipart.ts';
import { assertStored, metadataOf } from './stored-object.ts';

/** Files beyond are uploaded in parts of this size; S3's least is 5 MiB. */
const PART_BYTES = 8 << 20;
const MAX_PARTS = 10_000;
/** One part is read and hashed while another is on its way. */
const BUFFERS = 2;

/**
 * Uploads a local file create-only, in bounded memory (two parts), every part with its SHA-256, which the server checks. The
 * file is hashed whole before: what it hashes to stands in the object's metadata, which is sent first.
 *
 * @returns what was stored, and whether the key held these bytes before.
 * @throws LANDING_CHECKSUM_MISMATCH, LANDING_OBJECT_DIFFERS; the SDK's and the file system's errors, unclassified.
 */
export async function putObject(
  at: S3Bucket,
  key: string,
  localPath: string,
  options: PutOptions,
): Promise<ObjectIdentity & { alreadyThere: boolean }> {
  const file = await open(localPath, 'r');
  try {
    const { size } = await file.stat();
    const source =
      size <= PART_BYTES ? await wholeFile(file, size) : await largeFile(file, localPath, options);
    const { identity } = source;
    if (options.checksum !== undefined && !sameChecksum(options.checksum, identity.checksum))
      throw new PenstockError(landingErrors.checksumMismatch, { key, bytes: identity.bytes });
    options.signal?.throwIfAborted();
    const created = await source.put({ at, key, identity });
    if (!created) await assertStored(at, key, identity);
    return { ...identity, alreadyThere: !created };
  } finally {
    await file.close();
  }
}

interface Put {
  readonly at: S3Bucket;
  readonly key: string;
  readonly identity: ObjectIdentity;
}

/** A file whose hash is known, and how to store it; `put` gives false when the key was taken. */
interface Source {
  readonly identity: ObjectIdentity;
  put(put: Put): Promise<boolean>;
}

async function wholeFile(file: FileHandle, size: number): Promise<Source> {
  const body = await readPart(file, Buffer.allocUnsafe(size), 0);
  const checksum = sha256FromHex(createHash('sha256').update(body).digest('hex'));
  return { identity: { bytes: body.length, checksum }, put: (put) => putWhole(put, body) };
}

/**
 * Stores a small object create-only. Not cut short by a signal: nobody would know whether it is there.
 *
 * @returns false when the key was taken.
 */
export async function putWhole({ at, key, identity }: Put, body: Uint8Array): Promise<boolean> {
  const command = new PutObjectCommand({
    Bucket: at.bucket,
    Key: at.prefix + key,
    Body: body,
    ChecksumSHA256: Buffer.from(identity.checksum.hex, 'hex').toString('base64'),
    IfNoneMatch: '*',
    ...metadataOf(identity.checksum),
  });
  try {
    await at.client.send(command);
    return true;
  } catch (error) {
    if (s3FaultOf(error)?.kind === 'precondition') return false;
    throw error;
  }
}

async function largeFile(file: FileHandle, path: string, { signal }: PutOptions): Promise<Source> {
  const before = await file.stat();
  const identity = await hashFile(path, undefined, signal);
  return {
    identity,
    put: ({ at, key }) =>
      createInParts(at, {
        key,
        checksum: identity.checksum,
        hashedParts: true,
        signal,
        bring: async (upload) => {
          const parts = await uploadParts(file, identity.bytes, upload, signal);
          await assertUnchanged(key, file, before);
          return parts;
        },
      }),
  };
}

/** A file that somebody wrote to between hashing and sending must not be stored under the wrong hash. */
async function assertUnchanged(key: string, file: FileHandle, before: Stats): Promise<void> {
  const now = await file.stat();
  if (now.size === before.size && now.mtimeMs === before.mtimeMs) return;
  throw new PenstockError(landingErrors.checksumMismatch, { key, bytes: now.size });
}

async function uploadParts(
  file: FileHandle,
  size: number,
  upload: Upload,
  signal: AbortSignal | undefined,
): Promise<CompletedPart[]> {
  const partBytes = Math.max(PART_BYTES, Math.ceil(size / MAX_PARTS));
  const buffers = Array.from({ length: BUFFERS }, () => Buffer.allocUnsafe(partBytes));
  const sent: Promise<CompletedPart>[] = [];
  try {
    for (let start = 0; start < size; start += partBytes) {
      signal?.throwIfAborted();
      // The part that last lay in this buffer has to be there before the next one is read into it.
      await sent[sent.length - BUFFERS];
      const buffer = buffers[sent.length % BUFFERS] as Buffer;
      const part = sendPart(upload, sent.length + 1, await readPart(file, buffer, start));
      // Failures are thrown where the part is waited for, which may be later than they happen.
      part.catch(() => {});
      sent.push(part);
    }
    return await Promise.all(sent);
  } finally {
    await Promise.allSettled(sent);
  }
}

/** Not cut short by the signal: a part that arrives after its upload was ended would bring it to life again. */
async function sendPart({ at, target }: Upload, PartNumber: number, Body: Buffer): Promise<CompletedPart> {
  const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
  const command = new UploadPartCommand({ ...target, PartNumber, Body, ChecksumSHA256 });
  const { ETag } = await at.client.send(command);
  return { PartNumber, ETag, ChecksumSHA256 };
}

/** Fills the buffer from `position`; less only at the file's end. */
async function readPart(file: FileHandle, buffer: Buffer, position: number): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}
