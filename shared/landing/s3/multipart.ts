import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
} from '@aws-sdk/client-s3';
import type { S3Bucket } from '#shared/s3/s3-bucket.ts';
import { s3FaultOf } from '#shared/s3/s3-fault.ts';
import type { Checksum } from '../checksum.ts';
import { metadataOf } from './stored-object.ts';

/** An upload under way: nothing of it is visible under the key. */
export interface Upload {
  readonly at: S3Bucket;
  /** The key with the bucket's prefix. */
  readonly target: { readonly Bucket: string; readonly Key: string; readonly UploadId: string };
}

/** What is to be stored in parts. */
export interface InParts {
  readonly key: string;
  /** Of the whole; undefined when nobody knows it. */
  readonly checksum: Checksum | undefined;
  /** The parts come with their SHA-256, for the server to check. */
  readonly hashedParts: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Brings all parts, in order; may throw to store nothing. */
  bring(upload: Upload): Promise<CompletedPart[]>;
}

/**
 * Stores an object in parts, create-only: the server joins them if the key is still free. When anything fails the parts are
 * removed; those of a writer that died are `cleanUploads`' work.
 *
 * @returns false when the key was taken meanwhile.
 * @throws what `bring` throws, and the SDK's errors, unclassified.
 */
export async function createInParts(at: S3Bucket, object: InParts): Promise<boolean> {
  const place = { Bucket: at.bucket, Key: at.prefix + object.key };
  const algorithm = object.hashedParts ? ({ ChecksumAlgorithm: 'SHA256' } as const) : {};
  object.signal?.throwIfAborted();
  // Not cut short by the signal: an upload whose id we never heard could not be ended.
  const { UploadId = '' } = await at.client.send(
    new CreateMultipartUploadCommand({ ...place, ...algorithm, ...metadataOf(object.checksum) }),
  );
  const upload: Upload = { at, target: { ...place, UploadId } };
  try {
    object.signal?.throwIfAborted();
    const parts = await object.bring(upload);
    object.signal?.throwIfAborted();
    return await complete(upload, parts);
  } catch (error) {
    await abandon(upload);
    throw error;
  }
}

/** The options of a call that ends with the signal. */
export const abortable = (signal: AbortSignal | undefined): { abortSignal?: AbortSignal } =>
  signal === undefined ? {} : { abortSignal: signal };

/**
 * Not cut short by a signal: half of the time the server would have done it. An answer that was lost shows as a taken key, or
 * as an upload that is not there any more, when the call is repeated.
 */
async function complete(upload: Upload, Parts: CompletedPart[]): Promise<boolean> {
  const command = { ...upload.target, MultipartUpload: { Parts }, IfNoneMatch: '*' };
  try {
    await upload.at.client.send(new CompleteMultipartUploadCommand(command));
    return true;
  } catch (error) {
    const kind = s3FaultOf(error)?.kind;
    if (kind !== 'precondition' && kind !== 'missing') throw error;
    await abandon(upload);
    return false;
  }
}

/** Never fails: what is left is no object, and is cleaned later. */
async function abandon({ at, target }: Upload): Promise<void> {
  await at.client.send(new AbortMultipartUploadCommand(target)).catch(() => undefined);
}
