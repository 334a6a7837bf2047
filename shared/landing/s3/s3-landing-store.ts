import { lstat, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { listS3Objects } from '#shared/s3/list-objects.ts';
import { openS3Bucket, type S3Bucket } from '#shared/s3/s3-bucket.ts';
import { sameChecksum } from '../checksum.ts';
import { landingErrors } from '../errors.ts';
import type {
  LandingCapabilities,
  LandingStore,
  ListOptions,
  LocalCopy,
  ObjectIdentity,
  PutOptions,
  PutResult,
  ReadOptions,
  StoredObject,
} from '../landing-store.ts';
import { assertObjectKey, isObjectKey } from '../object-key.ts';
import { checkBucket } from './check-bucket.ts';
import { classified, classifyS3Error } from './classify-s3-error.ts';
import { cleanUploads } from './clean-uploads.ts';
import { download, openObject } from './fetch-object.ts';
import { moveObject } from './move-object.ts';
import { putObject } from './put-object.ts';
import { headObject } from './stored-object.ts';

/**
 * Opens a bucket, or what lies below a prefix of it, as landing store. Nothing is sent yet.
 *
 * @param options.url see `parseS3Url`.
 * @throws S3_URL_INVALID
 */
export function openS3LandingStore(options: { readonly url: string }): LandingStore {
  return new S3LandingStore(openS3Bucket(options.url));
}

class S3LandingStore implements LandingStore {
  readonly kind = 's3';
  readonly capabilities: LandingCapabilities = {
    localObjects: false,
    keepsChecksums: false,
    atomicMove: false,
  };
  readonly #at: S3Bucket;

  constructor(at: S3Bucket) {
    this.#at = at;
  }

  async putFile(key: string, localPath: string, options: PutOptions = {}): Promise<PutResult> {
    this.#assertKey(key);
    await assertRegularFile(key, localPath);
    const work = () => putObject(this.#at, key, localPath, options);
    const put = await classified({ key }, work, options.signal);
    if (options.handOver === true) await classified({ key }, () => rm(localPath, { force: true }));
    return { key, ...put };
  }

  async head(key: string): Promise<StoredObject | undefined> {
    this.#assertKey(key);
    const found = await classified({ key }, () => headObject(this.#at, key));
    if (found === undefined) return undefined;
    const { bytes, etag: version, checksum } = found;
    return { key, bytes, version, ...(checksum === undefined ? {} : { checksum }) };
  }

  async openRead(key: string, options: ReadOptions = {}): Promise<Readable> {
    this.#assertKey(key);
    return classified({ key }, () => openObject(this.#at, key, options), options.signal);
  }

  async fetchToLocal(
    key: string,
    workDir: string,
    expected: ObjectIdentity,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<LocalCopy> {
    this.#assertKey(key);
    const work = () => download(this.#at, key, workDir, options.signal);
    const { path, bytes, checksum } = await classified({ key }, work, options.signal);
    const release = (): Promise<void> => rm(path, { force: true });
    if (bytes === expected.bytes && sameChecksum(checksum, expected.checksum)) return { path, release };
    await release();
    throw new PenstockError(landingErrors.objectCorrupt, { key, bytes, expected: expected.bytes });
  }

  async move(from: string, to: string, expected: ObjectIdentity | 'as-is'): Promise<void> {
    this.#assertKey(from);
    this.#assertKey(to);
    await classified({ from, to }, () => moveObject({ at: this.#at, from, to, expected }));
  }

  async delete(key: string): Promise<void> {
    this.#assertKey(key);
    const { client, bucket, prefix } = this.#at;
    const command = new DeleteObjectCommand({ Bucket: bucket, Key: prefix + key });
    await classified({ key }, () => client.send(command));
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<StoredObject> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (folder !== '') assertObjectKey(folder.slice(0, -1));
    const { after, limit = Number.POSITIVE_INFINITY } = options;
    let left = limit;
    if (left <= 0) return;
    const paging = { ...(after === undefined ? {} : { after }), pageSize: Math.min(1000, limit) };
    try {
      for await (const { key, bytes, etag } of listS3Objects(this.#at, prefix, paging)) {
        // Markers of folders, and what others put here under names that we never give.
        if (!isObjectKey(key)) continue;
        yield { key, bytes, version: etag };
        left -= 1;
        if (left <= 0) return;
      }
    } catch (error) {
      throw classifyS3Error(error, { place: prefix.split('/')[0] ?? '' });
    }
  }

  cleanAside(olderThanMs: number): Promise<number> {
    return classified({}, () => cleanUploads(this.#at, olderThanMs));
  }

  check(): Promise<string[]> {
    return checkBucket(this, this.#at.name);
  }

  async close(): Promise<void> {
    this.#at.client.destroy();
  }

  /** The limit of a key's length is the server's, and our prefix counts. */
  #assertKey(key: string): void {
    assertObjectKey(key);
    if (this.#at.prefix !== '') assertObjectKey(this.#at.prefix + key);
  }
}

async function assertRegularFile(key: string, localPath: string): Promise<void> {
  const found = await lstat(localPath).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw classifyS3Error(error, { key });
  });
  if (found?.isFile() !== true) throw new PenstockError(landingErrors.localFileMissing, { key });
}
