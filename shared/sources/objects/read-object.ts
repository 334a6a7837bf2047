import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { parquetErrors } from '#shared/parquet/errors.ts';
import type { ParquetEngine } from '#shared/parquet/parquet-engine.ts';
import type { ObjectFormat, ObjectStreamDeclaration } from '#shared/pipeline/objects-declaration.ts';
import type { S3Bucket } from '#shared/s3/s3-bucket.ts';
import { BrokenObject } from './broken-object.ts';
import { csvRows } from './csv-rows.ts';
import type { FoundObject } from './found-object.ts';
import { jsonRows } from './json-rows.ts';
import { ndjsonRows } from './ndjson-rows.ts';
import { objectBytes } from './object-bytes.ts';
import { formatOf } from './object-format.ts';
import { parquetRows } from './parquet-rows.ts';
import type { RawRow } from './raw-row.ts';
import { textOf } from './text-of.ts';

export interface ReadObjectOptions {
  readonly signal: AbortSignal;
  /** For Parquet, which is read from its end: the object lies here as long as it is read. */
  readonly workDir: string;
  /** For Parquet. */
  readonly engine: ParquetEngine;
}

const TEXT_ROWS: Readonly<
  Record<Exclude<ObjectFormat, 'parquet'>, (text: AsyncIterable<string>) => AsyncGenerator<RawRow[]>>
> = { json: jsonRows, ndjson: ndjsonRows, csv: csvRows };

/**
 * Rows of one object in batches, in bounded memory.
 *
 * @throws BrokenObject, also after rows were yielded: the rows of an object count when the last one has come. The SDK's and
 *   the file system's errors, unclassified.
 */
export async function* rowsOfObject(
  at: S3Bucket,
  stream: ObjectStreamDeclaration,
  object: FoundObject,
  options: ReadObjectOptions,
): AsyncGenerator<RawRow[]> {
  const { format, gzip } = formatOf(stream.format, object.key);
  if (object.size > stream.maxObjectBytes) throw new BrokenObject('too-large');
  const { signal } = options;
  const bytes = objectBytes(at, object, { gzip, maxBytes: stream.maxObjectBytes, signal });
  if (format !== 'parquet') yield* TEXT_ROWS[format](textOf(bytes));
  else yield* throughFile(bytes, options);
}

async function* throughFile(
  bytes: AsyncIterable<Uint8Array>,
  { signal, workDir, engine }: ReadObjectOptions,
): AsyncGenerator<RawRow[]> {
  await mkdir(workDir, { recursive: true });
  const path = join(workDir, `object-${randomUUID()}.parquet`);
  try {
    await pipeline(bytes, createWriteStream(path, { flags: 'wx' })).catch(noSpace);
    yield* parquetRows(engine, path, signal);
  } finally {
    await rm(path, { force: true });
  }
}

function noSpace(error: unknown): never {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') throw new PenstockError(parquetErrors.outOfSpace);
  throw error;
}
