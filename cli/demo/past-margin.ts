import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

const POLL_MS = 100;

/**
 * Waits until a database's clock has left an instant behind by more than a pipeline's margin: only then does a run
 * read what began at that instant.
 *
 * @param since a `timestamptz` as text, by that same clock.
 * @throws the signal's reason.
 */
export async function waitPastMargin(
  url: string,
  since: string,
  marginMs: number,
  signal: AbortSignal,
): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'penstock-demo' });
  client.on('error', () => {});
  await client.connect();
  try {
    const sql = `select clock_timestamp() > $1::timestamptz + $2 * interval '1 millisecond' as past`;
    while ((await client.query<{ past: boolean }>(sql, [since, marginMs])).rows[0]?.past !== true) {
      await delay(POLL_MS, undefined, { signal });
    }
  } finally {
    await client.end();
  }
}
