import { waitFor } from './wait-for.ts';
import { withClient } from './with-client.ts';

/** The margin of `test/fixtures/pipelines/quick`, and a little. */
const MARGIN_MS = 60;

/** Waits until the source's clock has left what was committed so far behind by more than the margin. */
export async function pastMargin(oltpUrl: string): Promise<void> {
  await withClient(oltpUrl, async (client) => {
    const { rows } = await client.query<{ at: string }>('select clock_timestamp()::text as at');
    const at = rows[0]?.at;
    const isPast = async (): Promise<boolean> => {
      const sql = `select clock_timestamp() > $1::timestamptz + $2 * interval '1 millisecond' as past`;
      return (await client.query<{ past: boolean }>(sql, [at, MARGIN_MS])).rows[0]?.past === true;
    };
    await waitFor(isPast, { what: 'the margin to pass' });
  });
}
