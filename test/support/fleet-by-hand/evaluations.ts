import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { openS3Bucket } from '#shared/s3/s3-bucket.ts';
import { parquetFolder } from '../parquet-folder.ts';
import type { Evaluation } from './expected-customers.ts';
import type { Row } from './read-rows.ts';
import type { FleetTruth } from './truth.ts';

/** What a model says of a device. */
interface Result extends Evaluation {
  readonly deviceId: string;
}

/** A result file of some of the devices. */
export interface ResultFile {
  /** Below the prefix of the bucket. */
  readonly key: string;
  readonly results: readonly Result[];
}

const FORMATS = ['json', 'ndjson', 'csv', 'parquet', 'json.gz', 'csv.gz'] as const;

/** One evaluation of all devices, dealt to a file of every format. @param evaluatedOn `YYYY-MM-DD`. */
export function resultFiles({ places }: FleetTruth, evaluatedOn: string): ResultFile[] {
  const results = places.map(({ device, deviceId }) => ({
    ...{ deviceId, evaluatedOn, modelVersion: `2.${device % 3}.0` },
    health: (2_500 + device * 7) / 10_000,
    daysRemaining: device % 11 === 0 ? null : (device * 37) % 900,
  }));
  return FORMATS.map((format, turn) => ({
    key: `evaluations/${evaluatedOn}/part.${format}`,
    results: results.filter((_, index) => index % FORMATS.length === turn),
  }));
}

/** `bronze.battery_evaluations` without its cursor, the instant a file was written. @param prefix of the bucket. */
export const bronzeEvaluations = (files: readonly ResultFile[], prefix: string): Row[] =>
  files.flatMap(({ key, results }) =>
    results.map((result) => ({ ...rowOf(result), object_key: `${prefix}${key}`, _slice: '' })),
  );

const rowOf = (result: Result) => ({
  device_id: result.deviceId,
  evaluated_on: result.evaluatedOn,
  model_version: result.modelVersion,
  health: result.health,
  days_remaining: result.daysRemaining,
});

/** As the model writes it: beside the result stands what nobody may keep. */
const toldOf = (result: Result) => ({ ...rowOf(result), analyst: `${result.deviceId}@people.test` });

/** Puts result files into the bucket, and one that is cut short. @returns the prefix its keys stand under. */
export async function putResults(
  url: string,
  files: readonly ResultFile[],
  brokenKey: string,
): Promise<string> {
  const { client, bucket: Bucket, prefix } = openS3Bucket(url);
  const put = (key: string, Body: Buffer) =>
    client.send(new PutObjectCommand({ Bucket, Key: `${prefix}${key}`, Body }));
  try {
    for (const { key, results } of files) await put(key, await bytesOf(key, results));
    await put(brokenKey, Buffer.from('[{"device_id":"d-0000001","evaluated_on":"20'));
  } finally {
    client.destroy();
  }
  return prefix;
}

async function bytesOf(key: string, results: readonly Result[]): Promise<Buffer> {
  const told = results.map(toldOf);
  if (key.endsWith('.parquet')) return parquetOf(told);
  if (key.endsWith('.ndjson')) return Buffer.from(told.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const bytes = Buffer.from(key.includes('.csv') ? csvOf(told) : JSON.stringify({ results: told }));
  return key.endsWith('.gz') ? gzipSync(bytes) : bytes;
}

function csvOf(told: readonly Row[]): string {
  const lines = [Object.keys(told[0] ?? {}), ...told.map((row) => Object.values(row))];
  return lines.map((line) => `${line.map((value) => value ?? '').join(',')}\n`).join('');
}

async function parquetOf(told: readonly ReturnType<typeof toldOf>[]): Promise<Buffer> {
  const folder = await parquetFolder();
  const path = folder.path('results.parquet');
  const values = told.map(
    (row) =>
      `('${row.device_id}', date '${row.evaluated_on}', '${row.model_version}', ${row.health}::decimal(5,4), ` +
      `${row.days_remaining ?? 'null'}::integer, '${row.analyst}')`,
  );
  const columns = Object.keys(told[0] ?? {}).join(', ');
  try {
    await folder.engine.use((session) =>
      session.rows(
        `copy (from (values ${values.join(', ')}) as t (${columns})) to '${path}' (format parquet)`,
      ),
    );
    return await readFile(path);
  } finally {
    await folder.remove();
  }
}
