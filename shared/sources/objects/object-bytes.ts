import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { quotedEtag, type S3Bucket } from '#shared/s3/s3-bucket.ts';
import { BrokenObject } from './broken-object.ts';
import type { FoundObject } from './found-object.ts';

/**
 * Bytes of the very version that was found, inflated if `gzip`. Given up, it ends the connection, as loops over streams do.
 *
 * @param maxBytes bound of what comes out.
 * @throws BrokenObject inflates-too-large, not-gzip, truncated; the SDK's errors, unclassified: a precondition that failed when
 *   the object is another one now.
 */
export async function* objectBytes(
  { client }: S3Bucket,
  object: FoundObject,
  options: { readonly gzip: boolean; readonly maxBytes: number; readonly signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const { Body } = await client.send(
    new GetObjectCommand({
      Bucket: object.bucket,
      Key: object.key,
      IfMatch: quotedEtag(object.etag),
      ...(object.versionId === null ? {} : { VersionId: object.versionId }),
    }),
    { abortSignal: options.signal },
  );
  if (!(Body instanceof Readable)) throw new Error('the S3 client returned no stream');
  // An error of either ends both, and comes out of the loop below.
  const bytes = options.gzip ? pipeline(Body, createGunzip({ chunkSize: CHUNK_BYTES }), () => {}) : Body;
  const stop = (): void => void bytes.destroy(new Error('aborted'));
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    yield* bounded(bytes, options.maxBytes);
  } catch (error) {
    throw brokenGzip(error) ?? error;
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

const CHUNK_BYTES = 1 << 16;

async function* bounded(bytes: Readable, maxBytes: number): AsyncGenerator<Uint8Array> {
  let passed = 0;
  for await (const chunk of bytes as AsyncIterable<Uint8Array>) {
    passed += chunk.length;
    if (passed > maxBytes) throw new BrokenObject('inflates-too-large');
    yield chunk;
  }
}

/** Z_BUF_ERROR: the data ends before the compressed stream does. */
function brokenGzip(error: unknown): BrokenObject | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (typeof code !== 'string' || !code.startsWith('Z_')) return undefined;
  return new BrokenObject(code === 'Z_BUF_ERROR' ? 'truncated' : 'not-gzip');
}
