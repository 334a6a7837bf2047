import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { type PostgresServer, startPostgres } from '#dev/servers/postgres.ts';
import { childrenOf } from '#dev/servers/process-tree.ts';
import { findRedis, type RedisServer, startRedis } from '#dev/servers/redis.ts';
import { clientsOf } from './postgres-clients.ts';
import { waitFor } from './wait-for.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string;
    /** Empty when this machine has no redis-server. */
    redisUrl: string;
  }
}

const settings = { max_connections: '300', max_prepared_transactions: '20' };

/** Starts the servers that the whole run shares; returns the teardown, which fails when something was left behind. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const before = new Set(childrenOf(process.pid).map((child) => child.pid));
  const postgres = await startPostgres({ settings });
  const redis = findRedis(process.env['PATH'] ?? '') === undefined ? undefined : await startRedis();
  project.provide('postgresUrl', postgres.url);
  project.provide('redisUrl', redis?.url ?? '');
  return () => teardown(postgres, redis, before);
}

async function teardown(
  postgres: PostgresServer,
  redis: RedisServer | undefined,
  before: ReadonlySet<number>,
): Promise<void> {
  const connections = await leftConnections(postgres.url);
  await postgres.stop();
  await redis?.stop();
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
