import { DEFAULT_FILL } from '#dev/oltp/default-fill.ts';
import { fillOltp } from '#dev/oltp/fill.ts';
import { withClient } from '#dev/oltp/with-client.ts';
import type { QueueKind } from '#dev/platform.ts';
import { loadScenario } from '#dev/shard-api/scenario/load-scenario.ts';
import { type Environment, settingSpecs } from '#shared/config/settings.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import { calendarDay } from '#shared/runs/calendar-day.ts';
import { createLogger } from '#shared/telemetry/logger.ts';
import type { CliContext } from '../context.ts';
import { abortOnSignal } from '../interruption.ts';
import { type LocalPlatformOptions, startAllServices, startLocalPlatform } from '../local-platform.ts';
import { toJson } from '../output.ts';
import { setAllSchedules } from '../set-all-schedules.ts';
import { untilAborted } from '../until-aborted.ts';
import { describeWhere, whereToLook } from '../where-to-look.ts';

export interface DevFlags {
  readonly fill: boolean;
  readonly schedules: boolean;
  readonly queue: QueueKind;
  /** A name or a file: faults of the simulated shards. */
  readonly scenario?: string;
  readonly json?: boolean;
}

/** Room for stopping the servers after the services have drained. */
const SERVERS_STOP_MS = 20_000;

/** Settings a user may give; the stores are always those of this machine. */
const STORES = new Set<string>([
  settingSpecs.ledgerUrl.env,
  settingSpecs.warehouseUrl.env,
  settingSpecs.queueUrl.env,
  settingSpecs.landingUrl.env,
  settingSpecs.workDir.env,
]);

/** Runs the platform until a signal. What happens is logged to standard output, one JSON line each. */
export async function runDev(context: CliContext, flags: DevFlags): Promise<void> {
  const releasers = new Releasers();
  const signal = abortOnSignal(context.control, 'draining; once more forces');
  let drainMs = 0;
  try {
    const platform = await startLocalPlatform(await optionsOf(context, flags), releasers);
    drainMs = platform.settings.drainMs;
    if (flags.fill) await fillIfEmpty(platform.dev.oltpOwnerUrl);
    await setAllSchedules(platform, !flags.schedules, 'dev');
    if (signal.aborted) return;
    const log = createLogger('dev', platform.settings.logLevel);
    const where = whereToLook(platform, await startAllServices(platform.input, log, releasers));
    context.write(
      flags.json === true ? `${toJson({ where })}\n` : `Penstock is up.\n${describeWhere(where)}`,
    );
    await untilAborted(signal);
  } finally {
    await releasers.releaseAll(drainMs + SERVERS_STOP_MS);
  }
}

/** @throws the errors of `loadScenario`, before any server is started. */
async function optionsOf({ environment, cwd }: CliContext, flags: DevFlags): Promise<LocalPlatformOptions> {
  const { queue, scenario } = flags;
  const fleet = scenario === undefined ? {} : { scenario: await loadScenario(scenario) };
  return { keep: 'dev', queue, cwd, environment: settingsGiven(environment), fleet };
}

/** Sources of the pipelines that ship are those of this machine. */
function settingsGiven(environment: Environment): Environment {
  const ours = /^PENSTOCK_SOURCE_(OLTP|FLEET_\w+|BATTERY|EVALUATIONS)_URL/;
  const given = Object.entries(environment).filter(
    ([name]) => name.startsWith('PENSTOCK_') && !STORES.has(name.replace(/_FILE$/, '')),
  );
  return Object.fromEntries(given.filter(([name]) => !ours.test(name)));
}

async function fillIfEmpty(url: string): Promise<void> {
  const isEmpty = await withClient(url, async (client) => {
    const sql =
      'select not exists (select from oltp.installments) and not exists (select from oltp.cnpj_ws) as empty';
    return (await client.query<{ empty: boolean }>(sql)).rows[0]?.empty === true;
  });
  if (isEmpty) await fillOltp(url, { ...DEFAULT_FILL, today: calendarDay('UTC', new Date()) });
}
