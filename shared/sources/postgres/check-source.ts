import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { checkStream } from './check-stream.ts';
import { withSession } from './pg-sessions.ts';
import { grantOf } from './read-bound.ts';
import type { SourceStream } from './window-query.ts';

const serverSql = readFileSync(new URL('check-server.sql', import.meta.url), 'utf8');
const OLDEST_SUPPORTED = 140_000;

interface ServerRow {
  readonly version: number;
  readonly in_recovery: boolean;
  readonly sees_all: boolean;
  readonly role_name: string;
  readonly encoding: string;
  readonly hidden: string[];
}

/**
 * Lists in words everything that would make reading these streams fail or unsafe; empty when nothing does.
 * Never throws for what it finds, and looks at every stream even when the server has problems.
 *
 * @param streams by name, as declared.
 */
export async function checkSource(
  pool: pg.Pool,
  streams: Readonly<Record<string, SourceStream>>,
): Promise<string[]> {
  try {
    return await withSession(pool, async (client) => {
      const problems = await serverProblems(client);
      for (const [name, stream] of Object.entries(streams)) {
        const found = await checkStream(client, stream);
        problems.push(...found.map((problem) => `stream ${name}: ${problem}`));
      }
      return problems;
    });
  } catch (error) {
    if (error instanceof PenstockError) return [error.message];
    throw error;
  }
}

async function serverProblems(client: pg.PoolClient): Promise<string[]> {
  const { rows } = await client.query<ServerRow>(serverSql);
  const [server] = rows;
  if (server === undefined) return ['the source did not describe itself'];
  const problems: string[] = [];
  if (server.version < OLDEST_SUPPORTED) {
    problems.push('the source is older than PostgreSQL 14, whose epochs are not exact');
  }
  if (server.in_recovery) {
    problems.push(
      'the source is a standby, which hides the transactions open on its primary: use the primary',
    );
  }
  if (!server.sees_all) {
    problems.push(
      `role ${server.role_name} cannot see other roles' transactions: ${grantOf(server.role_name)};`,
    );
  }
  if (server.encoding === 'SQL_ASCII') {
    problems.push("the source's encoding is SQL_ASCII, so its text may not be valid UTF-8");
  }
  const hidden = server.hidden.map(
    (where) => `track_activities is off for ${where}, which hides transactions`,
  );
  return [...problems, ...hidden];
}
