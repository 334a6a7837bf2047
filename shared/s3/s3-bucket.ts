import type { S3Client } from '@aws-sdk/client-s3';
import { openS3Client } from './open-s3-client.ts';
import { nameOfLocation, parseS3Url } from './s3-location.ts';

/** A bucket with the way to it. */
export interface S3Bucket {
  readonly client: S3Client;
  readonly bucket: string;
  /** Empty, or ends with `/`: what callers call a key stands below it. */
  readonly prefix: string;
  /** For messages; nothing secret in it. */
  readonly name: string;
}

/**
 * Opens a bucket by its URL; nothing is sent yet.
 *
 * @returns to be ended by `client.destroy()`.
 * @throws S3_URL_INVALID
 */
export function openS3Bucket(url: string): S3Bucket {
  const location = parseS3Url(url);
  const { bucket, prefix } = location;
  return { client: openS3Client(location), bucket, prefix, name: nameOfLocation(location) };
}

/** ETags travel in quotes, which some servers leave out of listings: kept without. */
export const bareEtag = (etag: string | undefined): string => (etag ?? '').replace(/^"(.*)"$/, '$1');

/** An ETag as preconditions want it. */
export const quotedEtag = (etag: string): string => `"${etag}"`;
