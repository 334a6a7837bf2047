import { readFile } from 'node:fs/promises';
import type { Row } from './read-rows.ts';

/** What the seeds of the pipeline say. */
export interface Seeds {
  /** Ring and day by `<embedded>/<hardware>`. */
  readonly deployments: ReadonlyMap<string, { readonly ring: string; readonly deployedOn: string }>;
  /** First day that counts by customer. */
  readonly starts: ReadonlyMap<string, string>;
}

const SEEDS = new URL('../../../pipelines/fleet/seeds/', import.meta.url);

export async function readSeeds(): Promise<Seeds> {
  const deployments = (await linesOf('firmware_deployments')).map(
    ([embedded = '', hardware = '', ring = '', deployedOn = '']) =>
      [`${embedded}/${hardware}`, { ring, deployedOn }] as const,
  );
  const starts = (await linesOf('data_collection_starts')).map(([id = '', on = '']) => [id, on] as const);
  return { deployments: new Map(deployments), starts: new Map(starts) };
}

async function linesOf(seed: string): Promise<string[][]> {
  const text = await readFile(new URL(`${seed}.csv`, SEEDS), 'utf8');
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));
}

const DAY_MS = 86_400_000;
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / DAY_MS;

/** `gold.last_updates_per_day` of silver's days. */
export const goldDays = (days: readonly Row[], { deployments, starts }: Seeds): Row[] =>
  days.map(({ first_queried_at, ...day }) => {
    const deployed = deployments.get(`${day['embedded_version']}/${day['hardware_version']}`);
    const date = String(day['queried_date']);
    return {
      ...day,
      firmware_ring: deployed?.ring ?? null,
      firmware_deployed_on: deployed?.deployedOn ?? null,
      firmware_is_known: deployed !== undefined,
      days_since_deployment: deployed === undefined ? null : daysBetween(deployed.deployedOn, date),
      counts: (starts.get(String(day['customer_id'])) ?? '') <= date,
    };
  });

/** `gold.devices_offline_per_firmware_week` of days that all lie in the week of this Monday. */
export function goldWeek(days: readonly Row[], monday: string): Row[] {
  const counted = days.filter(({ counts }) => counts);
  return [...Map.groupBy(counted, (day) => day['embedded_version'])].map(([version, ofVersion]) => {
    const devices = [...Map.groupBy(ofVersion, ({ device_id }) => device_id).values()];
    const having = (test: (day: Row) => boolean): number => devices.filter((own) => own.some(test)).length;
    const wentOffline = having((day) => day['went_offline_since_previous_query'] === true);
    const dates = ofVersion.map(({ queried_date }) => String(queried_date)).sort();
    return {
      ...{ week_start: monday, embedded_version: version, devices: devices.length },
      devices_went_offline: wentOffline,
      devices_off_throughout: devices.filter((own) => own.every(wasOff)).length,
      devices_with_reset: having((day) => day['had_reset_since_previous_query'] === true),
      went_offline_share: rounded(wentOffline / devices.length, 4),
      device_days: ofVersion.length,
      offline_device_days: ofVersion.filter(({ online }) => online === false).length,
      average_connectivity_ratio: mean(ofVersion.map((day) => Number(day['connectivity_ratio']))),
      ...{ first_date: dates[0], last_date: dates.at(-1) },
    };
  });
}

const wasOff = (day: Row): boolean => day['snapshot_count'] === day['offline_snapshot_count'];

/** The mean of thousandths to four digits, as decimals are rounded: halves up. */
export function mean(ratios: readonly number[]): number {
  const thousandths = ratios.reduce((total, ratio) => total + Math.round(ratio * 1_000), 0);
  return Math.floor((thousandths * 20 + ratios.length) / (2 * ratios.length)) / 10_000;
}

const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
