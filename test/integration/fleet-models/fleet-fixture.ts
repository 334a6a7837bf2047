import {
  type FleetModels,
  type FleetModelsOptions,
  openFleetModels,
} from '#dev/fleet-models/open-fleet-models.ts';
import type { BuildResult } from '#shared/models/build/build-request.ts';
import { testDatabase } from '#test/support/postgres.ts';

/** The fleet's models in a database of their own. */
export interface Fleet extends FleetModels {
  stop(): Promise<void>;
}

export async function startFleet(options: FleetModelsOptions = {}): Promise<Fleet> {
  const database = await testDatabase();
  const models = await openFleetModels(database.url, options);
  const stop = async (): Promise<void> => {
    await models.close();
    await database.drop();
  };
  return Object.assign(models, { stop });
}

/** What a device is like; everything has a usual value. */
export interface StateInput {
  readonly device?: number;
  readonly customer?: number;
  readonly at: string;
  readonly online?: boolean;
  readonly uptime?: number;
  readonly calibrations?: number;
  readonly embedded?: string;
  readonly hardware?: string;
  readonly percent?: number | null;
  readonly ratio?: number;
  readonly lastSeen?: string | null;
}

export const deviceId = (device: number): string => `d-${String(device).padStart(7, '0')}`;
export const customerId = (customer: number): string => `c-${String(customer).padStart(5, '0')}`;

/** A landed row of device_states. */
export function state(input: StateInput): Record<string, unknown> {
  const {
    device = 1,
    customer = 1,
    at,
    online = true,
    uptime = 1_000,
    calibrations = 0,
    percent = 80,
  } = input;
  const { embedded = '3.5.2', hardware = 'B2', ratio = 0.9, lastSeen = at } = input;
  return {
    device_id: deviceId(device),
    customer_id: customerId(customer),
    shard: 's1',
    queried_at: at,
    state: {
      ...{
        site_id: `st-${customer}-1`,
        room_id: `rm-${customer}-${device}`,
        online,
        last_seen: lastSeen,
        uptime_s: uptime,
      },
      firmware: { embedded, hardware },
      sensors: { temperature: 21.5, humidity: 40, valve_position: 30, rssi: -60 },
      battery: { voltage: 2.9, percent },
      calibration_total: calibrations,
      connectivity: { ratio },
      configuration: { target_temperature: 21, child_lock: true, regulation_mode: 'pid' },
    },
  };
}

/** A landed row of hierarchy. */
export const listed = (device: number, customer: number, at: string): Record<string, unknown> => ({
  device_id: deviceId(device),
  customer_id: customerId(customer),
  shard: 's1',
  site_id: `st-${customer}-1`,
  room_id: `rm-${customer}-${device}`,
  model: 'TRV-20 Pro',
  installed_on: '2024-05-06',
  queried_at: at,
});

/** Streams without a row yet have their empty tables, as the loader leaves them. */
export async function mergeNothing(fleet: FleetModels, ...except: readonly string[]): Promise<void> {
  const streams = [
    'device_states',
    'hierarchy',
    'daily_aggregates',
    'battery_evaluations',
    'battery_registry',
  ];
  for (const stream of streams) if (!except.includes(stream)) await fleet.merge(stream, []);
}

/** Models that are not published, with the reason, and tests that did not pass. */
export function troubles({ models }: BuildResult): string[] {
  return models.flatMap(({ name, status, reason, tests }) => [
    ...(status === 'published' || reason === 'no changes' ? [] : [`${name} ${status}: ${reason}`]),
    ...tests
      .filter((test) => test.status !== 'pass')
      .map((test) => `${test.name} ${test.status} ${test.error ?? ''}`),
  ]);
}
