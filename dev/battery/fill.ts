import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { withClient } from '../oltp/with-client.ts';
import { createReader } from '../reader-role.ts';
import type { Fleet } from '../shard-api/fleet/fleet.ts';
import { type BatteryRow, batteryRows } from './battery-rows.ts';

/** Creates the schema of the battery database; repeatable. */
export async function createBatterySchema(url: string): Promise<void> {
  const sql = await readFile(new URL('schema.sql', import.meta.url), 'utf8');
  await withClient(url, async (client) => void (await client.query(sql)));
}

/**
 * Makes the role the pipeline reads as; personal columns are out of its reach. Repeatable.
 *
 * @returns the reader's connection URL.
 */
export const createBatteryReader = (ownerUrl: string): Promise<string> => createReader(ownerUrl, GRANTS);

const GRANTS = `
  grant usage on schema battery to penstock_reader;
  grant select (battery_id, device_id, battery_type, installed_on, replaced_on, updated_at) on battery.batteries
    to penstock_reader`;

/**
 * Brings the table to what it is at an instant: the same fleet and instant give the same rows. A table that holds rows
 * already gets the ones that are missing and the replacements since, stamped with the present as an application does it.
 *
 * @param atMs milliseconds since 1970.
 * @returns how many rows were added or changed.
 */
export async function fillBatteries(url: string, fleet: Fleet, atMs: number): Promise<number> {
  return withClient(url, async (client) => {
    await client.query('begin');
    await client.query('create temp table staged (like battery.batteries) on commit drop');
    await pipeline(Readable.from(lines(fleet, atMs)), client.query(copyFrom(COPY)));
    const { rowCount } = await client.query(BRING_OVER);
    await client.query('commit');
    await client.query('analyze battery.batteries');
    return rowCount ?? 0;
  });
}

const COPY = 'copy staged from stdin (format csv)';
const BRING_OVER = `
  insert into battery.batteries
  select battery_id, device_id, battery_type, installed_on, replaced_on, technician, remarks,
    case when exists (select from battery.batteries) then now() else updated_at end
  from staged order by battery_id
  on conflict (battery_id) do update set replaced_on = excluded.replaced_on
  where batteries.replaced_on is null and excluded.replaced_on is not null`;

const LINES_A_CHUNK = 2_000;

function* lines(fleet: Fleet, atMs: number): Generator<string> {
  let chunk: string[] = [];
  for (const row of batteryRows(fleet, atMs)) {
    chunk.push(csvLine(row));
    if (chunk.length < LINES_A_CHUNK) continue;
    yield chunk.join('');
    chunk = [];
  }
  yield chunk.join('');
}

function csvLine(row: BatteryRow): string {
  const values = Object.values(row) as readonly (string | number | null)[];
  return `${values.map((value) => (value === null ? '' : `"${String(value).replaceAll('"', '""')}"`)).join(',')}\n`;
}

/**
 * What happens between two runs: the oldest sets are replaced, as one transaction of an application.
 *
 * @param today `YYYY-MM-DD`.
 * @returns how many devices got new batteries.
 */
export async function replaceBatteries(client: pg.ClientBase, count: number, today: string): Promise<number> {
  const { rowCount } = await client.query(REPLACE, [count, today]);
  return rowCount ?? 0;
}

const REPLACE = `
  with spent as (
    update battery.batteries set replaced_on = $2::date
    where battery_id in (
      select battery_id from battery.batteries where replaced_on is null order by installed_on, battery_id limit $1)
    returning battery_id, device_id, battery_type)
  insert into battery.batteries (battery_id, device_id, battery_type, installed_on)
  select battery_id + 1, device_id, battery_type, $2::date from spent`;
