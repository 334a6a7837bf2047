import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { ObjectStreamDeclaration } from '#shared/pipeline/objects-declaration.ts';
import { listS3Objects } from '#shared/s3/list-objects.ts';
import { openS3Bucket, quotedEtag, type S3Bucket } from '#shared/s3/s3-bucket.ts';
import { classifyBucketError, classifyObjectError } from './classify-object-error.ts';
import type { FoundObject } from './found-object.ts';
import type { RawRow } from './raw-row.ts';
import { type ReadObjectOptions, rowsOfObject } from './read-object.ts';

/** A bucket that rows are read from. */
export interface ObjectSource {
  /** The bucket's name, as the ledger keeps it. */
  readonly bucket: string;

  /**
   * Objects below the stream's prefix whose whole key matches, in bytewise order of keys, page by page.
   *
   * @throws OBJECTS_UNREACHABLE, OBJECTS_FORBIDDEN, OBJECTS_BUCKET_MISSING, OBJECTS_FAILED; the signal's reason.
   */
  listObjects(stream: ObjectStreamDeclaration, signal: AbortSignal): AsyncIterable<FoundObject>;

  /**
   * The object with its version id, where the bucket keeps versions: what is read then is that version even if another one has
   * replaced it. One call.
   *
   * @throws OBJECT_CHANGED when it is not the object that was found any more; as `listObjects`.
   */
  withVersion(object: FoundObject, signal: AbortSignal): Promise<FoundObject>;

  /**
   * Rows of one object in batches of about 1,000, in bounded memory, of the ETag that was found. Its rows count only when the
   * last batch has come: errors may follow rows.
   *
   * @throws OBJECT_BROKEN naming bucket, key, version, ETag and problem, never content; OBJECT_CHANGED when it was replaced or
   *   removed meanwhile; as `listObjects`.
   */
  readObject(
    stream: ObjectStreamDeclaration,
    object: FoundObject,
    options: ReadObjectOptions,
  ): AsyncIterable<RawRow[]>;

  /** Problems in words, none when the bucket can be listed. */
  check(): Promise<string[]>;

  close(): Promise<void>;
}

/**
 * Opens a bucket as source; nothing is sent yet.
 *
 * @param options.url see `parseS3Url`; streams' prefixes lie below its own.
 * @param options.name of the source, for words.
 * @throws S3_URL_INVALID
 */
export function openObjectSource(options: { readonly url: string; readonly name: string }): ObjectSource {
  return new S3ObjectSource(openS3Bucket(options.url), options.name);
}

class S3ObjectSource implements ObjectSource {
  readonly bucket: string;
  readonly #at: S3Bucket;
  readonly #name: string;

  constructor(at: S3Bucket, name: string) {
    this.bucket = at.bucket;
    this.#at = at;
    this.#name = name;
  }

  async *listObjects(stream: ObjectStreamDeclaration, signal: AbortSignal): AsyncGenerator<FoundObject> {
    const { bucket, prefix } = this.#at;
    const matching = new RegExp(`^(?:${stream.match})$`);
    try {
      for await (const found of listS3Objects(this.#at, stream.prefix, { signal })) {
        const key = prefix + found.key;
        // Markers that some tools put in the place of folders.
        if (key.endsWith('/') || !matching.test(key)) continue;
        const { etag, bytes: size, modifiedAt } = found;
        yield { bucket, key, etag, versionId: null, size, modifiedAt };
      }
    } catch (error) {
      signal.throwIfAborted();
      throw classifyBucketError(error, bucket);
    }
  }

  async withVersion(object: FoundObject, signal: AbortSignal): Promise<FoundObject> {
    const { bucket: Bucket, key: Key, etag } = object;
    try {
      const command = new HeadObjectCommand({ Bucket, Key, IfMatch: quotedEtag(etag) });
      const { VersionId } = await this.#at.client.send(command, { abortSignal: signal });
      // `null` is the id of objects that are older than the bucket's versioning.
      return { ...object, versionId: VersionId === undefined || VersionId === 'null' ? null : VersionId };
    } catch (error) {
      signal.throwIfAborted();
      throw classifyObjectError(error, object);
    }
  }

  async *readObject(
    stream: ObjectStreamDeclaration,
    object: FoundObject,
    options: ReadObjectOptions,
  ): AsyncGenerator<RawRow[]> {
    try {
      yield* rowsOfObject(this.#at, stream, object, options);
    } catch (error) {
      options.signal.throwIfAborted();
      throw classifyObjectError(error, object);
    }
  }

  async check(): Promise<string[]> {
    try {
      for await (const _ of listS3Objects(this.#at, '', { pageSize: 1 })) break;
      return [];
    } catch (error) {
      const reason = classifyBucketError(error, this.bucket);
      const words = reason instanceof PenstockError ? `${reason.code}: ${reason.message}` : 'unknown failure';
      return [`source ${this.#name} (${this.#at.name}): ${words}`];
    }
  }

  async close(): Promise<void> {
    this.#at.client.destroy();
  }
}
