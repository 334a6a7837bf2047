import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, pipeline, Readable, Transform } from 'node:stream';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { S3Bucket } from '#shared/s3/s3-bucket.ts';
import { s3FaultOf } from '#shared/s3/s3-fault.ts';
import { type Checksum, sha256FromHex } from '../checksum.ts';
import { landingErrors } from '../errors.ts';
import type { ObjectIdentity, ReadOptions } from '../landing-store.ts';
import { abortable } from './multipart.ts';
import { checksumOf } from './stored-object.ts';

/**
 * Opens an object, or a range of its bytes. A whole object is checked against the SHA-256 that the server has of it: other
 * bytes than were stored end the stream with an error.
 *
 * @throws the SDK's errors, unclassified, before the first byte; the stream fails with the same later.
 */
export async function openObject(at: S3Bucket, key: string, options: ReadOptions = {}): Promise<Readable> {
  const { start, end, signal } = options;
  const whole = start === undefined && end === undefined;
  const command = new GetObjectCommand({
    Bucket: at.bucket,
    Key: at.prefix + key,
    ...(whole ? {} : { Range: `bytes=${start ?? 0}-${end ?? ''}` }),
  });
  const found: Opened = await at.client.send(command, abortable(signal)).catch(emptyBeyondEnd);
  if (!(found.Body instanceof Readable)) throw new Error('the S3 client returned no stream');
  const checksum = whole ? checksumOf(found) : undefined;
  const body = checksum === undefined ? found.Body : verified(found.Body, key, checksum);
  return signal === undefined ? body : addAbortSignal(signal, body);
}

/** What is needed of the answer. */
interface Opened {
  readonly Body?: unknown;
  readonly ChecksumSHA256?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}

/** Hashes what passes; the end is held back until it is known to be right. */
function verified(body: Readable, key: string, checksum: Checksum): Readable {
  const hash = createHash('sha256');
  const check = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const isRight = hash.digest('hex') === checksum.hex;
      done(isRight ? null : new PenstockError(landingErrors.objectCorrupt, { key }));
    },
  });
  // Whoever reads hears of the error through the stream returned; the callback keeps it from being thrown besides.
  return pipeline(body, check, () => {});
}

/** A range that begins at the end or beyond is no error of the store's. */
function emptyBeyondEnd(error: unknown): Opened {
  if (s3FaultOf(error)?.status === 416) return { Body: Readable.from([]) };
  throw error;
}

/**
 * Downloads an object into a new file of `workDir`, hashing what comes.
 *
 * @returns the file, to be removed by the caller, also when it is not what was expected.
 * @throws the SDK's and the file system's errors, unclassified; no file is left then.
 */
export async function download(
  at: S3Bucket,
  key: string,
  workDir: string,
  signal?: AbortSignal,
): Promise<ObjectIdentity & { path: string }> {
  await mkdir(workDir, { recursive: true });
  const path = join(workDir, `fetched-${randomUUID()}`);
  const { Body } = await at.client.send(
    new GetObjectCommand({ Bucket: at.bucket, Key: at.prefix + key }),
    abortable(signal),
  );
  const file = await open(path, 'wx');
  try {
    const hash = createHash('sha256');
    let bytes = 0;
    for await (const chunk of Body as AsyncIterable<Uint8Array>) {
      signal?.throwIfAborted();
      hash.update(chunk);
      await file.writeFile(chunk);
      bytes += chunk.length;
    }
    return { path, bytes, checksum: sha256FromHex(hash.digest('hex')) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
