import type { Contract } from '#shared/pipeline/contract.ts';
import { defineContract } from '#shared/pipeline/define-contract.ts';
import * as f from '#shared/pipeline/field.ts';
import type { ProjectionSpec } from '#shared/pipeline/project-row.ts';
import type { Json } from './marked-rows.ts';

const N = { nullable: true } as const;
const ID = '^[a-z]-[0-9]{1,7}$';

/** A device's state, no text of which may be what somebody has typed. */
export const DEVICE_CONTRACT: Contract = defineContract({
  version: 1,
  key: ['device_id', 'queried_at'],
  fields: {
    device_id: f.text({ pattern: ID }),
    site_id: f.text({ pattern: ID, nullable: true }),
    customer_id: f.text({ pattern: ID, nullable: true }),
    shard: f.text({ maxLength: 8 }),
    queried_at: f.timestamptz(),
    owner_key: f.hashedText({ nullable: true, maxLength: 40 }),
    state: f.shapedJson({
      online: f.boolean(N),
      last_seen: f.timestamptz(N),
      uptime_s: f.int64({ ...N, min: '0' }),
      total: f.decimal(12, 2, N),
      firmware: f.object({
        embedded: f.text({ ...N, pattern: '^[0-9.]{1,12}$' }),
        hardware: f.text({ ...N, maxLength: 4 }),
      }),
      sensors: f.object({
        temperature: f.float64(N),
        humidity: f.float64({ ...N, max: '100' }),
        rssi: f.int32(N),
      }),
      alarms: f.array({ kind: 'int32' }, N),
      configuration: f.object({
        mode: f.text({ ...N, oneOf: ['pid', 'hysteresis'] }),
        child_lock: f.boolean(N),
      }),
    }),
  },
});

export const DEVICE_PROJECTION: ProjectionSpec = {
  contract: DEVICE_CONTRACT,
  map: {
    ...{ site_id: '^site_id', customer_id: '^^customer_id', shard: '$shard', queried_at: '$takenAt' },
    ...{ owner_key: 'owner.email', state: '' },
  },
  drop: ['owner.name', '^address'],
  entity: 'device_id',
  eventTime: 'state.last_seen',
  rows: 'sites[].devices[]',
  hashKey: Buffer.from('a key for the tests of projections'),
};

export const DEVICE_FILLED = { shard: 's1', takenAt: '2026-11-01T08:00:00.25Z' };

/** Row `i` as a back end would send it. */
export function deviceRow(i: number): Json {
  return {
    device_id: `d-${i}`,
    online: i % 7 > 0,
    last_seen: new Date(1.79e12 + i * 1000).toISOString(),
    uptime_s: i * 31,
    total: `${i}.${10 + (i % 90)}`,
    firmware: { embedded: `2.4.${i % 3}`, hardware: 'B3' },
    sensors: { temperature: 15 + (i % 100) / 10, humidity: i % 101, rssi: -(i % 90) },
    alarms: i % 5 === 0 ? [1, null, i % 9] : [],
    configuration: { mode: i % 2 > 0 ? 'pid' : 'hysteresis', child_lock: false, wifi_password: 'hidden' },
    owner: { name: `Owner ${i}`, email: `owner${i}@example.org` },
  };
}

/** The elements around a row, nearest first. */
export function deviceParents(i: number): Json[] {
  const site = { site_id: `s-${i >> 2}`, devices: [], address: { street: 'x' }, manager: 'somebody' };
  return [site, { customer_id: `c-${i >> 6}`, sites: [], contact: 'somebody' }];
}
