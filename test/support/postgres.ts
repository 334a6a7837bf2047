import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { clientsOf } from './postgres-clients.ts';
import { waitFor } from './wait-for.ts';

export interface TestDatabase {
  /** Superuser `postgres` on a fresh database. */
  readonly url: string;
  readonly name: string;
  /**
   * Removes the database.
   *
   * @throws Error naming the connections that the test left open.
   */
  drop(): Promise<void>;
}

/** Makes a database of its own, by default on the run's shared PostgreSQL 18 server. */
export async function testDatabase(serverUrl: string = inject('postgresUrl')): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  await asAdmin(serverUrl, (admin) => admin.query(`CREATE DATABASE ${quoteIdent(name)}`));
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, name, drop: () => asAdmin(serverUrl, (admin) => drop(admin, name)) };
}

async function drop(admin: pg.Client, name: string): Promise<void> {
  let left: string[] = [];
  const closed = async () => {
    left = await clientsOf(admin, name);
    return left.length === 0;
  };
  // A backend ends a moment after its client has closed the socket.
  const isClosed = await waitFor(closed, { what: 'connections to close', timeoutMs: 2000 }).catch(
    () => false,
  );
  await admin.query(`DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE)`);
  if (!isClosed) throw new Error(`connections left open on ${name}:\n${left.join('\n')}`);
}

async function asAdmin<T>(url: string, work: (admin: pg.Client) => Promise<T>): Promise<T> {
  const admin = new pg.Client({ connectionString: url, application_name: 'test-admin' });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}
