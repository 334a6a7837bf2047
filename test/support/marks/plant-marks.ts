import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { Redis } from 'ioredis';
import pg from 'pg';
import { queues } from '#shared/contracts/jobs.ts';
import type { Metrics } from '#shared/telemetry/metrics.ts';
import { rawQueue } from '../raw-queue.ts';
import { type Chance, seededChance } from '../tamper/chance.ts';
import { withClient } from '../with-client.ts';
import type { Places } from './search-everywhere.ts';

/** Marks that were put into places of every kind. */
export interface Marks {
  /** What a search must come up with, at least, by kind of place. */
  readonly expected: Readonly<Record<string, readonly (string | RegExp)[]>>;
  /** Closes what was kept open. */
  remove(): Promise<void>;
}

/** Letters of planted marks, others than those of the secrets, so that a repeated test does not find them. */
export const PLANTED_LETTERS = 'QZX';

const TABLES = ['pg_catalog.pg_description', 'planted.bytes', 'planted.texts', 'pg_catalog.pg_stat_activity'];
const DAY_MS = 86_400_000;

/**
 * Plants a mark in each place that is searched, another each time.
 *
 * @param runId one that has closed; the ledger's row of it is changed past its rules.
 */
export async function plantMarks(places: Places, metrics: Metrics, runId: string): Promise<Marks> {
  const chance = seededChance(Date.now(), PLANTED_LETTERS);
  const { platform, logs, services } = places;
  const files = await plantFiles(platform.landingDir, chance);
  for (const url of [platform.warehouseUrl, platform.ledgerUrl]) await plantTables(url, chance);
  await plantInRun(platform.ledgerUrl, runId, chance);
  const raw = await rawQueue(services.queue, queues.load);
  await raw.add('planted', { [chance.nameMark()]: chance.mark() }, { delay: DAY_MS });
  const queue = await plantInQueue(places, chance);
  metrics.runs.inc({ pipeline: chance.mark(), status: 'x' });
  plantInLog(places, chance);
  logs.takeError(new Error('planted', { cause: { deep: [{ [chance.mark()]: 1 }] } }));
  const speaking = await keepSpeaking(platform.warehouseUrl, chance);
  return {
    expected: {
      files,
      warehouse: TABLES,
      ledger: [...TABLES, 'ops.dropped_keys', 'ops.runs'],
      wal: [/^[0-9A-F]{24}$/],
      queue,
      http: ['/metrics', `/v1/runs/${runId}`, /^\/queues\/api\/queues\?activeQueue=/],
      commands: ['show <run>', 'show <run> --json'],
      logs: [/"who":/, /"err":/, /^Error: planted|cause/],
    },
    remove: () => speaking.end(),
  };
}

/** @returns what a search finds. */
async function plantFiles(folder: string, chance: Chance): Promise<string[]> {
  const named = `${chance.mark()}.txt`;
  await writeFile(join(folder, 'landing', 'planted.csv'), `a,"x${chance.mark()}y"\n`);
  await writeFile(join(folder, 'archive', 'wide.txt'), Buffer.from(`ü${chance.mark()}`, 'utf16le'));
  await writeFile(
    join(folder, 'archive', 'encoded.txt'),
    Buffer.from(`ü${chance.mark()}`).toString('base64'),
  );
  await mkdir(join(folder, '.work', 'planted'), { recursive: true });
  await writeFile(join(folder, '.work', 'planted', named), '');
  const duckdb = await (await DuckDBInstance.create(':memory:')).connect();
  // Compressed, and not at the beginning of anything, so that its bytes don't show it.
  await duckdb.run(
    `copy (select repeat('ab', 500) || '${chance.mark()}' || n as x from range(1000) t(n))
     to '${join(folder, 'archive', 'planted.parquet')}' (format parquet, compression zstd)`,
  );
  duckdb.closeSync();
  return [
    ...['bytes landing/planted.csv', 'bytes archive/wide.txt', 'bytes archive/encoded.txt'],
    ...['rows archive/planted.parquet', `name .work/planted/${named}`],
  ];
}

async function plantTables(url: string, chance: Chance): Promise<void> {
  await withClient(url, async (client) => {
    await client.query('drop schema if exists planted cascade');
    await client.query('create schema planted');
    await client.query(
      `create table planted.texts as select 1 as a, jsonb_build_object('b', $1::text) as b`,
      [chance.mark()],
    );
    await client.query('create table planted.bytes as select $1::bytea as c', [
      Buffer.from(`x${chance.mark()}`),
    ]);
    await client.query(`comment on table planted.texts is '${chance.mark()}'`);
  });
}

/** What reports show of a run: its manifest, and what it dropped. */
async function plantInRun(ledgerUrl: string, runId: string, chance: Chance): Promise<void> {
  await withClient(ledgerUrl, async (client) => {
    await client.query(`set session_replication_role = replica`);
    await client.query(
      `update ops.runs set manifest = manifest || jsonb_build_object('planted', $2::text) where run_id = $1`,
      [runId, chance.mark()],
    );
    await client.query(
      `insert into ops.dropped_keys (run_id, pipeline, stream, parent, key, entities, occurrences, process_id)
       values ($1, 'fuzzed', 'device_states', '', $2, 1e9, 1e9, 'planted')`,
      [runId, chance.nameMark()],
    );
  });
}

/** @returns what a search finds. */
async function plantInQueue({ platform, commands }: Places, chance: Chance): Promise<(string | RegExp)[]> {
  const url = platform.environment['PENSTOCK_QUEUE_URL'] ?? '';
  if (commands === null) {
    await plantTables(url, chance);
    return [...TABLES, /job/];
  }
  const prefix = `${platform.environment['PENSTOCK_QUEUE_PREFIX']}:planted`;
  const redis = new Redis(url);
  await redis.set(`${prefix}:string`, chance.mark());
  await redis.hset(`${prefix}:hash`, 'a', chance.mark());
  await redis.rpush(`${prefix}:list`, chance.mark());
  await redis.sadd(`${prefix}:set`, chance.mark());
  await redis.zadd(`${prefix}:zset`, 1, chance.mark());
  await redis.xadd(`${prefix}:stream`, '*', 'a', chance.mark());
  const kinds = ['string', 'hash', 'list', 'set', 'zset', 'stream'];
  for (const kind of kinds) await redis.expire(`${prefix}:${kind}`, 600);
  redis.disconnect();
  return [...kinds.map((kind) => `${prefix}:${kind}`), /^xadd /, /:load:/];
}

function plantInLog({ services, logs }: Places, chance: Chance): void {
  const { log } = services.input;
  if (log === undefined) throw new Error('services were started with a log to look into');
  log.child({ who: chance.mark() }).trace('planted');
  log.warn({ err: Object.assign(new Error('planted'), { facts: { [chance.mark()]: 1 } }) }, 'planted');
  if (logs.lines === 0) throw new Error('the log that is looked into is another one');
}

/** A session whose last statement holds a mark. */
async function keepSpeaking(url: string, chance: Chance): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'test-client' });
  await client.connect();
  await client.query(`select '${chance.mark()}'`);
  return client;
}
