import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { openParquetEngine, type ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import { text } from '#shared/pipeline/field.ts';
import type { ObjectStreamDeclaration } from '#shared/pipeline/objects-declaration.ts';
import { openS3Bucket, type S3Bucket } from '#shared/s3/s3-bucket.ts';
import type { FoundObject } from '#shared/sources/objects/found-object.ts';
import { type ObjectSource, openObjectSource } from '#shared/sources/objects/object-source.ts';

const contract = defineContract({ fields: { a: text() }, key: ['a'], version: 1 });

/** A stream that takes everything below `in/`. */
export function stream(over: Partial<ObjectStreamDeclaration> = {}): ObjectStreamDeclaration {
  return {
    kind: 'objects',
    source: 'results',
    prefix: 'in/',
    match: '.*',
    format: 'by-name',
    contract,
    map: {},
    drop: [],
    version: 'ordinal',
    maxRejectedRatio: 0.01,
    targetFileBytes: 64 << 20,
    maxObjectBytes: 64 << 20,
    ...over,
  };
}

/** A source over a place of its own, and another hand that writes there. */
export class ObjectsFixture {
  readonly source: ObjectSource;
  readonly bucket: S3Bucket;
  readonly folder: string;
  readonly workDir: string;
  readonly engine: ParquetEngine;

  private constructor(url: string, folder: string, engine: ParquetEngine) {
    this.source = openObjectSource({ url, name: 'results' });
    this.bucket = openS3Bucket(url);
    this.folder = folder;
    this.workDir = join(folder, 'work');
    this.engine = engine;
  }

  static async open(url: string): Promise<ObjectsFixture> {
    const folder = await mkdtemp(join(tmpdir(), 'penstock-objects-'));
    const engine = await openParquetEngine({ workDir: join(folder, 'duckdb') });
    return new ObjectsFixture(url, folder, engine);
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    const { client, bucket, prefix } = this.bucket;
    const Body = typeof body === 'string' ? Buffer.from(body) : body;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: prefix + key, Body }));
  }

  async list(of = stream(), source = this.source): Promise<FoundObject[]> {
    const found: FoundObject[] = [];
    for await (const object of source.listObjects(of, new AbortController().signal)) found.push(object);
    return found;
  }

  /** The one object of this key, which must be there. */
  async find(key: string): Promise<FoundObject> {
    const [object] = await this.list(stream({ prefix: key }));
    if (object === undefined) throw new Error(`${key} is not listed`);
    return object;
  }

  async read(
    object: FoundObject,
    of = stream(),
    options: { readonly signal?: AbortSignal; readonly source?: ObjectSource } = {},
  ): Promise<unknown[]> {
    const { signal = new AbortController().signal, source = this.source } = options;
    const rows: unknown[] = [];
    const { workDir, engine } = this;
    for await (const batch of source.readObject(of, object, { signal, workDir, engine }))
      rows.push(...batch.map(({ value }) => value));
    return rows;
  }

  /** Puts an object and reads it. */
  async readBack(key: string, body: string | Uint8Array, of = stream()): Promise<unknown[]> {
    await this.put(key, body);
    return this.read(await this.find(key), of);
  }

  async close(): Promise<void> {
    await this.source.close();
    this.bucket.client.destroy();
    this.engine.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
