import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { type PostgresServer, startPostgres } from '#dev/servers/postgres.ts';
import { childrenOf } from '#dev/servers/process-tree.ts';
import { findRedis, startRedis } from '#dev/servers/redis.ts';
import { type S3Server, startVersitygw } from '#dev/servers/versitygw.ts';
import { buildVersitygw } from '#dev/servers/versitygw-binary.ts';
import { clientsOf } from './postgres-clients.ts';
import { waitFor } from './wait-for.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    /** Empty when this machine has no redis-server. */
    redisUrl: string;
    /** Bucket of the run's S3 server; empty when this machine has none. */
    s3Url: string;
  }
}

const settings = { max_connections: '300', max_prepared_transactions: '20' };

/** Starts the servers that the whole run shares; returns the teardown, which fails when something was left behind. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const before = new Set(childrenOf(process.pid).map((child) => child.pid));
  const postgres = await startPostgres({ settings });
  const s3 = await startS3(project);
  const redis = findRedis(process.env['PATH'] ?? '') === undefined ? undefined : await startRedis();
  project.provide('postgresUrl', postgres.url);
  project.provide('redisUrl', redis?.url ?? '');
  project.provide('s3Url', s3?.url ?? '');
  return () => teardown(postgres, [redis, s3], before);
}

/** Built here, where no test's time runs. A build that fails is told, and then the suites that need it are skipped. */
async function startS3(project: TestProject): Promise<S3Server | undefined> {
  if (project.vitest.projects.every(({ name }) => name === 'unit')) return undefined;
  const say = (line: string): void => console.error(line);
  try {
    const binary = await buildVersitygw(process.env['PATH'] ?? '', say);
    return binary === undefined ? undefined : await startVersitygw();
  } catch (error) {
    say(`No S3 server for tests: ${String(error)}`);
    return undefined;
  }
}

async function teardown(
  postgres: PostgresServer,
  others: readonly ({ stop(): Promise<void> } | undefined)[],
  before: ReadonlySet<number>,
): Promise<void> {
  const connections = await leftConnections(postgres.url);
  await postgres.stop();
  await Promise.all(others.map((server) => server?.stop()));
  const children = childrenOf(process.pid).filter(
    (child) => !before.has(child.pid) && !isTestWorker(child.command),
  );
  const left = [
    ...connections.map((line) => `connection: ${line}`),
    ...children.map((child) => `process ${child.pid}: ${child.command.slice(0, 200)}`),
  ];
  if (left.length > 0) throw new Error(`left behind by the tests:\n${left.join('\n')}`);
}

/** vitest may still be ending its own workers at this point. */
function isTestWorker(command: string): boolean {
  return command.includes('vitest') || command.includes('esbuild');
}

async function leftConnections(url: string): Promise<string[]> {
  const admin = new pg.Client({ connectionString: url, application_name: 'test-admin' });
  await admin.connect();
  try {
    let left: string[] = [];
    const closed = async () => {
      left = await clientsOf(admin, null);
      return left.length === 0;
    };
    await waitFor(closed, { what: 'connections to close', timeoutMs: 2000 }).catch(() => false);
    return left;
  } finally {
    await admin.end();
  }
}
