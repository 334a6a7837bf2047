import { batteryRows } from '#dev/battery/battery-rows.ts';
import type { Customer, Fleet } from '#dev/shard-api/fleet/fleet.ts';
import { instant, type Row } from './read-rows.ts';
import type { FleetTruth, Place, Told, ToldState } from './truth.ts';

/** When states were read: of all customers at one instant, since the test holds the clock. */
export interface Snapshot {
  readonly atMs: number;
  /** The state of a device; undefined when it did not answer. */
  readonly stateOf: (place: Place) => ToldState | undefined;
}

/** The 14 parameters that may leave a back end. */
const PARAMETERS = [
  ...['target_temperature', 'eco_temperature', 'boost_minutes', 'window_detection', 'window_sensitivity'],
  ...['child_lock', 'display_brightness', 'schedule_enabled', 'holiday_mode', 'valve_offset'],
  ...['temperature_offset', 'report_interval_s', 'frost_protection', 'regulation_mode'],
] as const;

const only = (told: Told, keys: readonly string[]): Row =>
  Object.fromEntries(keys.map((key) => [key, told[key] ?? null]));

const sliceOf = ({ shard, id }: Customer): string => `${shard}/${id}`;

/** The allowed parameters of a state. */
export const parametersOf = (state: ToldState): Row => only(state.configuration, PARAMETERS);

/** What may be kept of a state. */
const allowedState = (state: ToldState): Row => ({
  site_id: state.site_id,
  room_id: state.room_id,
  online: state.online,
  last_seen: state.last_seen === null ? null : canonicalInstant(state.last_seen),
  uptime_s: state.uptime_s,
  firmware: only(state.firmware, ['embedded', 'hardware']),
  sensors: only(state.sensors, ['temperature', 'humidity', 'valve_position', 'rssi']),
  battery: only(state.battery, ['voltage', 'percent']),
  calibration_total: state.calibration_total,
  connectivity: only(state.connectivity, ['ratio']),
  configuration: parametersOf(state),
});

/** An instant as it is landed: in UTC, without zeros at the end of its fraction. */
const canonicalInstant = (iso: string): string => iso.replace('T', ' ').replace(/\.?0*Z$/, '+00');

/** `bronze.device_states` after these snapshots. */
export const bronzeStates = (truth: FleetTruth, snapshots: readonly Snapshot[]): Row[] =>
  snapshots.flatMap(({ atMs, stateOf }) =>
    truth.places.flatMap((place) => {
      const state = stateOf(place);
      if (state === undefined) return [];
      return {
        device_id: place.deviceId,
        customer_id: place.customer.id,
        shard: place.customer.shard,
        queried_at: instant(atMs),
        state: allowedState(state),
        _cursor: atMs * 1_000,
        _slice: sliceOf(place.customer),
      };
    }),
  );

/** `bronze.hierarchy` after a snapshot: where each thermostat hangs. */
export const bronzeHierarchy = (truth: FleetTruth, atMs: number): Row[] =>
  truth.places.map((place) => ({
    device_id: place.deviceId,
    customer_id: place.customer.id,
    shard: place.customer.shard,
    site_id: place.siteId,
    room_id: place.roomId,
    model: place.model,
    installed_on: place.installedOn,
    queried_at: instant(atMs),
    _cursor: atMs * 1_000,
    _slice: sliceOf(place.customer),
  }));

const RANGES = ['temperature', 'humidity', 'rssi', 'battery_voltage'] as const;

/** `bronze.daily_aggregates` of a day. @param wayOf which way a device's row came. */
export const bronzeAggregates = (
  truth: FleetTruth,
  day: string,
  wayOf: (place: Place) => 'coarse' | 'fine' | undefined,
): Row[] =>
  truth.places.flatMap((place) => {
    const told = truth.aggregate(place, day);
    const way = wayOf(place);
    if (way === undefined) return [];
    return {
      device_id: place.deviceId,
      customer_id: place.customer.id,
      shard: place.customer.shard,
      day,
      fetched_by: way,
      metrics: {
        valve_movement: told['valve_movement'],
        ...Object.fromEntries(RANGES.map((name) => [name, only(told[name] as Told, ['avg', 'min', 'max'])])),
        samples: told['samples'],
      },
      _cursor: Date.parse(`${day}T00:00:00Z`) * 1_000,
      _slice: sliceOf(place.customer),
    };
  });

/** `bronze.battery_registry` of batteries as they are at an instant. */
export const bronzeRegistry = (fleet: Fleet, atMs: number): Row[] =>
  [...batteryRows(fleet, atMs)].map((row) => ({
    battery_id: row.batteryId,
    device_id: row.deviceId,
    battery_type: row.batteryType,
    installed_on: row.installedOn,
    replaced_on: row.replacedOn,
    updated_at: instant(row.updatedAt),
    _cursor: Date.parse(row.updatedAt) * 1_000,
    _slice: '',
  }));
