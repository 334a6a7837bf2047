import { type _Object, ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { s3Errors } from './errors.ts';
import { bareEtag, type S3Bucket } from './s3-bucket.ts';

/** An object as a listing has it. */
export interface ListedObject {
  /** Without the bucket's prefix. */
  readonly key: string;
  readonly bytes: number;
  /** Without quotes. */
  readonly etag: string;
  /** ISO instant in UTC. */
  readonly modifiedAt: string;
}

export interface ListS3Options {
  /** Only keys greater than this one, bytewise. */
  readonly after?: string;
  /** Rows a page, at most 1000, the default. */
  readonly pageSize?: number;
  readonly signal?: AbortSignal;
}

/**
 * Pages through the objects whose key begins with `prefix`, in bytewise order of keys. One page is in memory.
 *
 * @throws the SDK's errors, unclassified; S3_LISTING_LOOPS.
 */
export async function* listS3Objects(
  { client, bucket, prefix: below }: S3Bucket,
  prefix: string,
  options: ListS3Options = {},
): AsyncGenerator<ListedObject> {
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: below + prefix,
        MaxKeys: options.pageSize ?? 1000,
        // Keys may hold characters that XML cannot.
        EncodingType: 'url',
        ...(options.after ? { StartAfter: below + options.after } : {}),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
      options.signal === undefined ? {} : { abortSignal: options.signal },
    );
    for (const one of page.Contents ?? []) yield listed(one, below, page.EncodingType === 'url');
    token = nextToken(page, token);
  } while (token !== undefined);
}

function nextToken(page: ListObjectsV2CommandOutput, token: string | undefined): string | undefined {
  if (page.IsTruncated !== true) return undefined;
  const next = page.NextContinuationToken;
  if (next === undefined || next === token) throw new PenstockError(s3Errors.listingLoops);
  return next;
}

function listed(object: _Object, below: string, encoded: boolean): ListedObject {
  const key = object.Key ?? '';
  const plain = encoded ? decodeURIComponent(key.replaceAll('+', '%20')) : key;
  return {
    key: plain.slice(below.length),
    bytes: object.Size ?? 0,
    etag: bareEtag(object.ETag),
    modifiedAt: (object.LastModified ?? new Date(0)).toISOString(),
  };
}
