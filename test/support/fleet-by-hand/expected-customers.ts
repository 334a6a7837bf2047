import { batteryRows } from '#dev/battery/battery-rows.ts';
import type { Fleet } from '#dev/shard-api/fleet/fleet.ts';
import { mean } from './expected-gold.ts';
import type { Row } from './read-rows.ts';
import type { FleetTruth } from './truth.ts';

const DAY_MS = 86_400_000;
const LOW_PERCENT = 20;
const DUE_DAYS = 30;

/** What a model said of a device's battery, newest first where there are several. */
export interface Evaluation {
  readonly evaluatedOn: string;
  readonly modelVersion: string;
  readonly health: number;
  readonly daysRemaining: number | null;
}

/** What `gold.battery_health` is made of. */
export interface BatteryFacts {
  /** `YYYY-MM-DD`. */
  readonly asOf: string;
  /** Instant the registry was read at. */
  readonly registryMs: number;
  /** The newest day of each device that counts. */
  readonly newest: ReadonlyMap<unknown, Row>;
  readonly evaluations: ReadonlyMap<string, Evaluation>;
}

/** The newest of `gold.last_updates_per_day` that counts, by device. */
export function newestDays(days: readonly Row[]): Map<unknown, Row> {
  const newest = new Map<unknown, Row>();
  for (const day of days.filter(({ counts }) => counts)) {
    const other = newest.get(day['device_id']);
    if (String(other?.['queried_date'] ?? '') < String(day['queried_date']))
      newest.set(day['device_id'], day);
  }
  return newest;
}

/** `gold.battery_health`. */
export function goldBatteries(truth: FleetTruth, facts: BatteryFacts): Row[] {
  const inUse = setsInUse(truth.fleet, facts.registryMs);
  return truth.places.map((place) => {
    const set = inUse.get(place.deviceId);
    const day = facts.newest.get(place.deviceId);
    const ageDays =
      set === undefined ? null : (Date.parse(facts.asOf) - Date.parse(set.installedOn)) / DAY_MS;
    const percent = (day?.['battery_percent'] ?? null) as number | null;
    const evaluation = facts.evaluations.get(place.deviceId);
    const holds = evaluation !== undefined && evaluation.evaluatedOn >= (set?.installedOn ?? '');
    const byUse = lastsByUse(ageDays, percent);
    const evaluated = holds ? lastsByEvaluation(evaluation, facts.asOf) : null;
    return {
      ...{ device_id: place.deviceId, as_of: facts.asOf },
      ...{ customer_id: place.customer.id, shard: place.customer.shard },
      ...{ battery_id: set?.batteryId ?? null, battery_type: set?.batteryType ?? null },
      ...{ battery_installed_on: set?.installedOn ?? null, battery_age_days: ageDays },
      measured_on: percent === null ? null : (day?.['queried_date'] ?? null),
      battery_voltage: percent === null ? null : (day?.['battery_voltage'] ?? null),
      battery_percent: percent,
      ...{ evaluated_on: evaluation?.evaluatedOn ?? null, model_version: evaluation?.modelVersion ?? null },
      ...{ evaluation_holds: holds, evaluated_health: holds ? evaluation.health : null },
      ...{ days_remaining_evaluated: evaluated, days_remaining_by_use: byUse },
      disagrees: disagree(evaluated, byUse),
      is_due: [evaluated, byUse].some((days) => days !== null && days <= DUE_DAYS),
    };
  });
}

const setsInUse = (fleet: Fleet, atMs: number) =>
  new Map(
    [...batteryRows(fleet, atMs)].filter((row) => row.replacedOn === null).map((row) => [row.deviceId, row]),
  );

function lastsByUse(ageDays: number | null, percent: number | null): number | null {
  if (ageDays === null || percent === null || ageDays <= 0 || percent > 95) return null;
  return Math.round((ageDays * percent) / (100 - percent));
}

function lastsByEvaluation({ evaluatedOn, daysRemaining }: Evaluation, asOf: string): number | null {
  if (daysRemaining === null) return null;
  return Math.max(0, daysRemaining - (Date.parse(asOf) - Date.parse(evaluatedOn)) / DAY_MS);
}

function disagree(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return false;
  return Math.abs(one - other) >= 30 && Math.max(one, other) >= 2 * Math.min(one, other);
}

/** `gold.customer_figures` without its column of anomalies. */
export function goldFigures(truth: FleetTruth, facts: BatteryFacts, batteries: readonly Row[]): Row[] {
  return truth.fleet.customers.map(({ id, shard }) => {
    const places = truth.places.filter(({ customer }) => customer.id === id);
    const days = places.map(({ deviceId }) => facts.newest.get(deviceId)).filter((day) => day !== undefined);
    const how = (test: (day: Row) => boolean): number => days.filter(test).length;
    const newest = (column: string) => days.map((day) => day[column] as string | null).reduce(later, null);
    return {
      ...{ customer_id: id, as_of: facts.asOf, shard, devices_with_anomaly: 0 },
      sites: new Set(places.map(({ siteId }) => siteId)).size,
      rooms: new Set(places.map(({ roomId }) => roomId)).size,
      ...{ devices_listed: places.length, devices_seen: days.length },
      devices_online: how(({ online }) => online === true),
      devices_offline: how(({ online }) => online === false),
      devices_low_battery: how((day) => Number(day['battery_percent']) < LOW_PERCENT),
      devices_unknown_firmware: how((day) => day['firmware_is_known'] === false),
      batteries_due: batteries.filter((row) => row['customer_id'] === id && row['is_due'] === true).length,
      average_connectivity_ratio: mean(days.map((day) => Number(day['connectivity_ratio']))),
      newest_snapshot_at: newest('queried_at'),
      newest_last_seen: newest('last_seen'),
    };
  });
}

/** Of instants as {@link instant} writes them; the fraction, which may be missing, decides last. */
const later = (a: string | null, b: string | null): string | null =>
  a === null || (b !== null && Date.parse(b) > Date.parse(a)) ? b : a;
