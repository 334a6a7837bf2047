import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  type MultipartUpload,
} from '@aws-sdk/client-s3';
import type { S3Bucket } from '#shared/s3/s3-bucket.ts';
import { s3FaultOf } from '#shared/s3/s3-fault.ts';

/**
 * Ends uploads in parts that began at least `olderThanMs` ago and were never completed: their writers died, and their parts
 * are paid for.
 *
 * @returns how many were ended.
 * @throws the SDK's errors, unclassified.
 */
export async function cleanUploads(at: S3Bucket, olderThanMs: number): Promise<number> {
  const before = Date.now() - olderThanMs;
  let cleaned = 0;
  for await (const { Key, UploadId, Initiated } of uploadsOf(at)) {
    if (Initiated === undefined || Initiated.getTime() > before) continue;
    if (await end(at, Key, UploadId)) cleaned += 1;
  }
  return cleaned;
}

/** False when its writer ended it meanwhile. */
async function end(at: S3Bucket, Key?: string, UploadId?: string): Promise<boolean> {
  try {
    await at.client.send(new AbortMultipartUploadCommand({ Bucket: at.bucket, Key, UploadId }));
    return true;
  } catch (error) {
    if (s3FaultOf(error)?.kind === 'missing') return false;
    throw error;
  }
}

async function* uploadsOf(at: S3Bucket): AsyncGenerator<MultipartUpload> {
  let next: { KeyMarker?: string; UploadIdMarker?: string } = {};
  for (;;) {
    const page: ListMultipartUploadsCommandOutput = await at.client.send(
      new ListMultipartUploadsCommand({ Bucket: at.bucket, Prefix: at.prefix, ...next }),
    );
    yield* page.Uploads ?? [];
    if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return;
    next = {
      KeyMarker: page.NextKeyMarker,
      ...(page.NextUploadIdMarker === undefined ? {} : { UploadIdMarker: page.NextUploadIdMarker }),
    };
  }
}
