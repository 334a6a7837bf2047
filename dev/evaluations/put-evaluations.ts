import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { openS3Bucket } from '#shared/s3/s3-bucket.ts';
import { dayText } from '../shard-api/fleet/device-life.ts';
import type { Fleet } from '../shard-api/fleet/fleet.ts';
import { type EvaluationRow, evaluationRows } from './evaluation-rows.ts';

const CSV_COLUMNS = ['device_id', 'evaluated_on', 'model_version', 'health', 'days_remaining'] as const;

/** One file for each format that result files come in; devices are dealt to them in turn. */
const FILES: readonly { readonly name: string; readonly text: (rows: readonly EvaluationRow[]) => string }[] =
  [
    { name: 'part-0.ndjson.gz', text: (rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join('') },
    { name: 'part-1.json', text: (rows) => JSON.stringify({ results: rows }) },
    { name: 'part-2.csv', text: csvOf },
  ];

/**
 * Puts the result files of one evaluation under `evaluations/<day>/`.
 *
 * @param url bucket, as `parseS3Url` reads it.
 * @returns how many devices were evaluated.
 */
export async function putEvaluations(url: string, fleet: Fleet, atMs: number): Promise<number> {
  const { client, bucket, prefix } = openS3Bucket(url);
  const rows = [...evaluationRows(fleet, atMs)];
  try {
    for (const [index, { name, text }] of FILES.entries()) {
      const own = rows.filter((_, place) => place % FILES.length === index);
      const body = Buffer.from(text(own));
      const key = `${prefix}evaluations/${dayText(atMs)}/${name}`;
      const Body = name.endsWith('.gz') ? gzipSync(body) : body;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body }));
    }
  } finally {
    client.destroy();
  }
  return rows.length;
}

function csvOf(rows: readonly EvaluationRow[]): string {
  const lines = rows.map((row) => CSV_COLUMNS.map((column) => row[column] ?? '').join(','));
  return [CSV_COLUMNS.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}
