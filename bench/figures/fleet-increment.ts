import { type FleetModels, openFleetModels } from '#dev/fleet-models/open-fleet-models.ts';
import { fillHistory, HOURS_BETWEEN, mergeHierarchy, mergeSnapshots } from '#dev/fleet-models/stored-days.ts';
import { startPostgres } from '#dev/servers/postgres.ts';
import { type BenchOptions, type Figure, median, timed } from '../figure.ts';
import { createDatabase } from '../platform/databases.ts';

const FEW = 10;
const MANY = 90;
const DEVICES = 10_000;
/** The tenth of a month: both histories then hold the same ten days of it, which gold builds anew. */
const LAST_DAY = '2026-06-10';
const WORK_MEM = { jit: 'off', work_mem: '32MB', max_wal_size: '4GB', fsync: 'on', full_page_writes: 'on' };

interface History {
  readonly days: number;
  readonly models: FleetModels;
  readonly buildMs: number[];
  readonly mergeMs: number[];
}

/**
 * One run's new snapshots into silver and gold, over a long history and over a short one, in turns: the cost should follow what is new.
 * History is two snapshots a day; the merge into bronze is reported beside it.
 */
export async function benchFleetIncrement(options: BenchOptions): Promise<readonly Figure[]> {
  const devices = Math.max(50, Math.ceil(DEVICES * options.scale));
  const server = await startPostgres({ settings: WORK_MEM });
  const histories: History[] = [];
  try {
    for (const days of [FEW, MANY]) histories.push(await storeHistory(server.url, days, devices, options));
    for (let round = 0; round < options.rounds; round += 1) {
      for (const history of histories) await runOnce(history, round, devices);
      options.say(
        histories
          .map(({ days, buildMs }) => `${days} days: ${Math.round(buildMs.at(-1) ?? 0)} ms`)
          .join(', '),
      );
    }
    const [few, many] = histories.map(({ buildMs }) => median(buildMs));
    const askedMs = await askRepeatedly(histories.at(-1)?.models);
    return [
      {
        ...{ name: 'fleet-increment', unit: '× its time', direction: 'at most', bar: 1.3 },
        what: `silver and gold of one snapshot of ${devices} devices, ${MANY} stored days against ${FEW}`,
        value: (many ?? Number.NaN) / (few ?? Number.NaN),
        details: Object.fromEntries(
          histories.map(({ days, buildMs, mergeMs }) => [`${days}days`, { buildMs, mergeMs }]),
        ),
      },
      {
        ...{ name: 'fleet-question', unit: 'ms', direction: 'at most', bar: 20 },
        what: `devices that went offline per firmware version last week, of the weekly mart over ${MANY} days of ${devices} devices`,
        value: median(askedMs),
        details: { asked: askedMs.length, slowestMs: Math.max(...askedMs) },
      },
    ];
  } finally {
    for (const { models } of histories) await models.close();
    await server.stop();
  }
}

async function storeHistory(
  serverUrl: string,
  days: number,
  devices: number,
  { say }: BenchOptions,
): Promise<History> {
  const models = await openFleetModels(await createDatabase(serverUrl, `days_${days}`));
  const snapshots = { devices, from: instant(-2 * (days - 1)), to: instant(1) };
  const filledMs = await timed(() => fillHistory(models, snapshots, LAST_DAY));
  await mergeHierarchy(models, '1', devices, snapshots.to);
  for (const stream of ['daily_aggregates', 'battery_evaluations', 'battery_registry'])
    await models.merge(stream, []);
  const builtMs = await timed(() => build(models, LAST_DAY));
  await models.pool.query('vacuum analyze');
  say(`${days} days stored in ${Math.round(filledMs)} ms, built whole in ${Math.round(builtMs)} ms`);
  return { days, models, buildMs: [], mergeMs: [] };
}

/** What a run of every twelve hours does. */
async function runOnce({ models, buildMs, mergeMs }: History, round: number, devices: number): Promise<void> {
  const at = instant(2 + round);
  const asOf = at.slice(0, 10);
  const name = String(10 + round);
  mergeMs.push(await timed(() => mergeSnapshots(models, name, { devices, from: at, to: at }, asOf)));
  await mergeHierarchy(models, name, devices, at);
  buildMs.push(await timed(() => build(models, asOf)));
}

/** The founding question, as the pipeline's README asks it, of the last week that has ended. */
const QUESTION = `select embedded_version, devices_went_offline, devices from fleet_gold.devices_offline_per_firmware_week
  where week_start = date_trunc('week', $1::date)::date - 7 order by embedded_version`;
const TIMES = 50;

async function askRepeatedly(models: FleetModels | undefined): Promise<number[]> {
  const askedMs: number[] = [];
  for (let time = 0; time < TIMES; time += 1) {
    askedMs.push(
      await timed(async () => {
        const answer = await models?.pool.query(QUESTION, [LAST_DAY]);
        if (answer === undefined || answer.rows.length === 0)
          throw new Error('the weekly mart has no such week');
      }),
    );
  }
  return askedMs;
}

async function build(models: FleetModels, asOf: string): Promise<void> {
  const { ok, models: all } = await models.build(asOf);
  const wrong = all.filter(({ status }) => status === 'failed' || status === 'blocked');
  if (!ok) throw new Error(`not built: ${wrong.map(({ name, reason }) => `${name} (${reason})`).join(', ')}`);
}

/** The instant so many snapshots after the first of the last day. */
const instant = (snapshots: number): string =>
  new Date(Date.parse(`${LAST_DAY}T00:00:00Z`) + snapshots * HOURS_BETWEEN * 3_600_000).toISOString();
