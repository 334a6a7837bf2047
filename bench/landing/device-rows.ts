import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import { compileProjection, type ProjectedRow } from '#shared/pipeline/project-row.ts';
import { recordDroppedKeys } from '#shared/pipeline/projection/dropped-keys.ts';

const N = { nullable: true } as const;
const measured = (min: string, max: string): f.Field => f.float64({ ...N, min, max });

/** What may be kept of a thermostat's state: 36 values in a JSON column, and what identifies them. */
export const DEVICE_CONTRACT = defineContract({
  version: 1,
  key: ['device_id', 'queried_at'],
  fields: {
    device_id: f.text({ pattern: '^d-[0-9]{7,9}$' }),
    customer_id: f.text({ pattern: '^c-[0-9]{5,8}$' }),
    shard: f.text({ pattern: '^[a-z][a-z0-9]{0,20}$' }),
    queried_at: f.timestamptz(),
    state: f.shapedJson({
      site_id: f.text({ pattern: '^st-[0-9]{1,8}$' }),
      room_id: f.text({ pattern: '^rm-[0-9]{1,8}$' }),
      online: f.boolean(),
      last_seen: f.timestamptz(N),
      uptime_s: f.int64({ min: '0' }),
      firmware: f.object({
        embedded: f.text({ pattern: '^[0-9]{1,4}(?:\\.[0-9]{1,4}){1,3}$' }),
        hardware: f.text({ pattern: '^[A-Z][0-9]{1,2}$' }),
      }),
      sensors: f.object({
        temperature: measured('-60', '120'),
        humidity: measured('0', '100'),
        valve_position: measured('0', '100'),
        rssi: measured('-150', '20'),
      }),
      battery: f.object({ voltage: measured('0', '30'), percent: measured('0', '100') }),
      calibration_total: f.int32({ min: '0' }),
      connectivity: f.object({ ratio: measured('0', '1') }),
      configuration: f.object({
        target_temperature: measured('0', '40'),
        eco_temperature: measured('0', '40'),
        boost_minutes: f.int32(N),
        window_detection: f.boolean(N),
        window_sensitivity: f.int32(N),
        child_lock: f.boolean(N),
        display_brightness: f.int32(N),
        schedule_enabled: f.boolean(N),
        holiday_mode: f.boolean(N),
        valve_offset: measured('-100', '100'),
        temperature_offset: measured('-20', '20'),
        report_interval_s: f.int32(N),
        frost_protection: f.boolean(N),
        regulation_mode: f.text({ ...N, oneOf: ['pid', 'hysteresis', 'adaptive'] }),
      }),
    }),
  },
});

/** A state as a back end sends it, about 1.9 kB of JSON, most of which nobody may keep. */
export function deviceState(i: number): Record<string, unknown> {
  const decimal = (factor: number, range: number, digits: number): number =>
    Math.round((((i * factor) % 9973) / 9973) * range * 10 ** digits) / 10 ** digits;
  const internal = Array.from({ length: 26 }, (_, k) => [
    `internal_${k}`,
    k % 3 === 0 ? `value ${i % 97}` : k * 7,
  ]);
  return {
    ...{ device_id: `d-${String(i).padStart(7, '0')}`, customer_id: `c-${String(i % 400).padStart(5, '0')}` },
    ...{ site_id: `st-${i % 900}`, room_id: `rm-${i % 3000}`, online: i % 11 > 0 },
    ...{ last_seen: new Date(1.79e12 + i * 997).toISOString(), uptime_s: (i * 7919) % 9_999_991 },
    firmware: { embedded: `2.${i % 7}.${i % 13}`, hardware: `B${i % 4}`, uploaded_by: 'someone@example.org' },
    sensors: {
      ...{
        temperature: decimal(7, 30, 1),
        humidity: decimal(11, 100, 1),
        valve_position: decimal(13, 100, 0),
      },
      ...{ rssi: -decimal(17, 90, 0), presence_log: 'at home from 7 to 9, kitchen' },
    },
    battery: { voltage: decimal(19, 3.3, 3), percent: decimal(23, 100, 0) },
    ...{ calibration_total: i % 50, connectivity: { ratio: decimal(29, 1, 4), ssid: `home ${i}` } },
    configuration: {
      ...{ target_temperature: decimal(31, 25, 1), eco_temperature: decimal(37, 17, 1), boost_minutes: 5 },
      ...{
        window_detection: true,
        window_sensitivity: i % 5,
        child_lock: i % 3 > 0,
        display_brightness: i % 10,
      },
      ...{
        schedule_enabled: true,
        holiday_mode: false,
        valve_offset: decimal(41, 2, 1),
        temperature_offset: -0.5,
      },
      ...{
        report_interval_s: 900,
        frost_protection: true,
        regulation_mode: 'pid',
        wifi_password: `secret ${i}`,
      },
      ...Object.fromEntries(internal),
    },
    owner: { name: `Person ${i}`, email: `person${i}@example.org`, phone: `+55 11 9${i}` },
    ...{
      installer_notes: `Ask at number ${i}, second floor; the dog is friendly.`,
      address: { street: 'Rua', number: i },
    },
  };
}

const FILLED = { shard: 's1', takenAt: '2026-11-01T12:00:00Z' };

/** How states become rows, with a recorder of its own. */
export function deviceProjection(): (state: unknown) => ProjectedRow {
  const map = { shard: '$shard', queried_at: '$takenAt', state: '' };
  const spec = {
    contract: DEVICE_CONTRACT,
    map,
    drop: [],
    entity: 'device_id',
    eventTime: 'state.last_seen',
  };
  const projection = compileProjection({ ...spec, rows: 'items[]', hashKey: null }, recordDroppedKeys());
  return (value) => projection.project({ value, parents: [] }, FILLED);
}

const DIFFERENT = 2000;

/** Projected rows as a source would hand them over, at next to no cost of their own: their states repeat. */
export function* projectedRows(count: number): Generator<ProjectedRow> {
  const project = deviceProjection();
  const made = Array.from({ length: DIFFERENT }, (_, i) => project(deviceState(i)));
  for (let i = 0; i < count; i += 1) {
    const row = made[i % DIFFERENT];
    if (row?.ok !== true) throw new Error('a state of the bench breaks its contract');
    yield { ...row, fields: row.fields.with(0, `d-${String(i).padStart(7, '0')}`) };
  }
}
