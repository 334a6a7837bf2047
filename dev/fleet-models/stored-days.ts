import { landQuery } from './hashed-table.ts';
import type { FleetModels } from './open-fleet-models.ts';

/** Devices and when they were snapshot. */
export interface Snapshots {
  readonly devices: number;
  /** Instants, ISO, each of all devices. */
  readonly from: string;
  readonly to: string;
}

/** Two snapshots a day, as in production. */
export const HOURS_BETWEEN = 12;

/** A state of about a kilobyte for every device and instant; uptime falls and devices go off line now and then. */
const statesQuery = ({ devices, from, to }: Snapshots): string => `(
  select 'd-' || lpad(d::text, 7, '0') as device_id, 'c-' || lpad((1 + d % 100)::text, 5, '0') as customer_id,
    's' || 1 + d % 5 as shard, t as queried_at, 's' || 1 + d % 5 || '/c-' || lpad((1 + d % 100)::text, 5, '0') as _slice,
    json_build_object(
      'site_id', 'st-' || d % 100 || '-' || d % 7, 'room_id', 'rm-' || d % 100 || '-' || d, 'online', (d + n) % 23 > 0,
      'last_seen', t - interval '5 minutes', 'uptime_s', (n * 43200 + d * 60) % 950400,
      'firmware', json_build_object('embedded', '3.' || (n / 90 + d % 3) % 10 || '.1', 'hardware', (array['A1', 'B2', 'C1'])[1 + d % 3]),
      'sensors', json_build_object('temperature', 17 + (d + n) % 60 / 10.0, 'humidity', 30 + (d * n) % 40, 'valve_position', (d * n) % 100, 'rssi', -50 - d % 40),
      'battery', json_build_object('voltage', 3.2 - (n % 800) / 400.0, 'percent', 100 - n % 100),
      'calibration_total', n / 14 + d % 5, 'connectivity', json_build_object('ratio', 0.9 + (d % 10) / 100.0),
      'configuration', json_build_object('target_temperature', 21.5, 'eco_temperature', 17, 'boost_minutes', 5, 'window_detection', true,
        'window_sensitivity', 3, 'child_lock', false, 'display_brightness', 50, 'schedule_enabled', true, 'holiday_mode', false,
        'valve_offset', 0.5, 'temperature_offset', -0.5, 'report_interval_s', 600, 'frost_protection', true, 'regulation_mode', 'pid')
    ) as state
  from generate_series('${from}'::timestamptz, '${to}'::timestamptz, interval '${HOURS_BETWEEN} hours') as t
  cross join lateral (select extract(epoch from t)::bigint / 43200 as n) as i
  cross join generate_series(1, ${devices}) as d
) as r`;

/** Lands snapshots and merges them into bronze. @param name of the hashed table. */
export async function mergeSnapshots(
  models: FleetModels,
  name: string,
  snapshots: Snapshots,
  asOf: string,
): Promise<void> {
  const source = { from: statesQuery(snapshots), version: versionOf(name) };
  const hashed = await landQuery(models.pool, 'device_states', name, source);
  await models.mergeTable('device_states', hashed, { asOf });
  await models.pool.query(`drop table ${hashed.schema}."${hashed.name}"`);
}

/**
 * Fills bronze with what earlier runs have merged: one device's rows are merged, which makes table and partitions, the others' are
 * inserted beside them. Merging all of them would only take longer.
 */
export async function fillHistory(models: FleetModels, snapshots: Snapshots, asOf: string): Promise<void> {
  await mergeSnapshots(models, '1', { ...snapshots, devices: 1 }, asOf);
  await models.pool.query(`insert into fleet_bronze.device_states (device_id, customer_id, shard, queried_at, state, _version, _row_hash,
      _slice, _loaded_at, _source_table, _run_id, _source_file)
    select r.device_id, r.customer_id, r.shard, r.queried_at, r.state::jsonb, ${versionOf('1')}, md5(r.device_id || r.queried_at), r._slice,
      (select max(_loaded_at) from fleet_bronze.device_states), 'device_states', 'history', 'history.parquet'
    from ${statesQuery(snapshots)} on conflict do nothing`);
  await models.pool.query('analyze fleet_bronze.device_states');
}

const versionOf = (name: string): string => `lpad('${name}', 12, '0')`;

/** Every device where it hangs. */
export async function mergeHierarchy(
  models: FleetModels,
  name: string,
  devices: number,
  at: string,
): Promise<void> {
  const from = `(select 'd-' || lpad(d::text, 7, '0') as device_id, 'c-' || lpad((1 + d % 100)::text, 5, '0') as customer_id,
    's' || 1 + d % 5 as shard, 'st-' || d % 100 || '-' || d % 7 as site_id, 'rm-' || d % 100 || '-' || d as room_id, 'TRV-20' as model,
    date '2024-01-01' as installed_on, '${at}'::timestamptz as queried_at, '' as _slice
    from generate_series(1, ${devices}) as d) as r`;
  const hashed = await landQuery(models.pool, 'hierarchy', name, {
    from,
    version: `lpad('${name}', 12, '0')`,
  });
  await models.mergeTable('hierarchy', hashed, { asOf: at.slice(0, 10) });
}
