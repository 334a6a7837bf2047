import { batteryRows } from '#dev/battery/battery-rows.ts';
import type { Fleet } from '#dev/shard-api/fleet/fleet.ts';
import { bronzeEvaluations, type ResultFile } from './evaluations.ts';
import { bronzeHierarchy, parametersOf, type Snapshot } from './expected-bronze.ts';
import { dayOf, instant, type Row } from './read-rows.ts';
import type { FleetTruth, Place, Told, ToldState } from './truth.ts';

/** A snapshot of one device, beside the one before. */
interface Seen {
  readonly atMs: number;
  readonly state: ToldState;
  readonly before: Seen | undefined;
}

/** `silver.stg_last_updates_per_day` after these snapshots, oldest first. */
export const silverDays = (truth: FleetTruth, snapshots: readonly Snapshot[]): Row[] =>
  truth.places.flatMap((place) => {
    const byDay = Map.groupBy(seenOf(place, snapshots), ({ atMs }) => dayOf(atMs));
    return [...byDay].map(([day, seen]) => dayRow(place, day, seen));
  });

function seenOf(place: Place, snapshots: readonly Snapshot[]): Seen[] {
  const seen: Seen[] = [];
  for (const { atMs, stateOf } of snapshots) {
    const state = stateOf(place);
    if (state !== undefined) seen.push({ atMs, state, before: seen.at(-1) });
  }
  return seen;
}

function dayRow(place: Place, day: string, seen: readonly Seen[]): Row {
  const [first] = seen;
  const last = seen.at(-1);
  if (first === undefined || last === undefined) throw new Error('a day has a snapshot');
  const { state } = last;
  return {
    ...{ device_id: place.deviceId, queried_date: day, customer_id: place.customer.id },
    ...{ shard: place.customer.shard, site_id: place.siteId, room_id: place.roomId },
    ...{ queried_at: instant(last.atMs), first_queried_at: instant(first.atMs) },
    // What the day's first comparison was made with.
    previous_queried_at: instant(seen.find(({ before }) => before !== undefined)?.before?.atMs ?? null),
    ...{ snapshot_count: seen.length, offline_snapshot_count: seen.filter(isOff).length },
    ...{ online: state.online, last_seen: instant(state.last_seen), uptime_s: state.uptime_s },
    ...measuresOf(state),
    ...parametersOf(state),
    ...signalsOf(seen),
  };
}

const measuresOf = ({ firmware, sensors, battery, calibration_total, connectivity }: ToldState): Row => ({
  embedded_version: firmware['embedded'],
  hardware_version: firmware['hardware'],
  temperature: sensors['temperature'],
  humidity: sensors['humidity'],
  valve_position: sensors['valve_position'],
  rssi: sensors['rssi'],
  battery_voltage: battery['voltage'],
  battery_percent: battery['percent'],
  calibration_total,
  connectivity_ratio: connectivity['ratio'],
});

const isOff = ({ state }: Seen): boolean => !state.online;

/** What happened between each of a day's snapshots and the one before it. */
function signalsOf(seen: readonly Seen[]): Row {
  const pairs = seen.flatMap(({ state, before }) =>
    before === undefined ? [] : [{ now: state, was: before.state }],
  );
  const gained = pairs.map(({ now, was }) => now.calibration_total - was.calibration_total);
  return {
    had_reset_since_previous_query: pairs.some(({ now, was }) => now.uptime_s < was.uptime_s),
    calibrations_since_previous_query: gained.reduce((total, count) => total + Math.max(0, count), 0),
    calibration_total_fell_since_previous_query: gained.some((count) => count < 0),
    went_offline_since_previous_query: pairs.some(({ now, was }) => was.online && !now.online),
  };
}

/** `silver.stg_hierarchy` when every thermostat was listed at this instant. */
export const silverHierarchy = (truth: FleetTruth, atMs: number): Row[] =>
  bronzeHierarchy(truth, atMs).map(({ queried_at, _cursor, _slice, ...row }) => ({
    ...row,
    listed_at: queried_at,
    is_current: true,
  }));

/** `silver.stg_daily_aggregates` of a day that came with the whole customer. */
export const silverAggregates = (truth: FleetTruth, day: string): Row[] =>
  truth.places.map((place) => {
    const told = truth.aggregate(place, day);
    return {
      ...{ device_id: place.deviceId, day, customer_id: place.customer.id, shard: place.customer.shard },
      fetched_by: 'coarse',
      ...{ valve_movement: told['valve_movement'], samples: told['samples'] },
      ...rangeOf(told, 'temperature'),
      ...rangeOf(told, 'humidity'),
      ...rangeOf(told, 'rssi'),
      ...rangeOf(told, 'battery_voltage'),
    };
  });

function rangeOf(told: Told, name: string): Row {
  const { avg, min, max } = told[name] as Told;
  return { [`${name}_avg`]: avg, [`${name}_min`]: min, [`${name}_max`]: max };
}

/** `silver.stg_battery_registry` of batteries as they are at an instant: no device has two sets at once. */
export const silverRegistry = (fleet: Fleet, atMs: number): Row[] =>
  [...batteryRows(fleet, atMs)].map((row) => ({
    ...{ battery_id: row.batteryId, device_id: row.deviceId, battery_type: row.batteryType },
    ...{ installed_on: row.installedOn, replaced_on: row.replacedOn, updated_at: instant(row.updatedAt) },
    is_in_use: row.replacedOn === null,
    ...{ dq_in_use_twice: false, dq_replaced_before_installed: false },
  }));

/** `silver.stg_battery_evaluations` of result files. @param prefix of their bucket. */
export const silverEvaluations = (files: readonly ResultFile[], prefix: string): Row[] =>
  bronzeEvaluations(files, prefix).map(({ _slice, ...row }) => ({
    ...row,
    expected_empty_on: daysAfter(String(row['evaluated_on']), row['days_remaining'] as number | null),
  }));

const daysAfter = (day: string, days: number | null): string | null =>
  days === null ? null : dayOf(Date.parse(day) + days * 86_400_000);
