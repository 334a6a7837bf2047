import { loadPipelines } from '#shared/config/load-pipelines.ts';
import { type Environment, parseSettings } from '#shared/config/settings.ts';
import { crashingProbe } from '#shared/lifecycle/crashing-probe.ts';
import type { ServiceInput } from './worker-runtime.ts';

/** Names the step (`merge.committed:installments`) at which a chaos test wants this process killed. */
const CRASH_VARIABLE = 'PENSTOCK_TEST_CRASH_AT';
/** Milliseconds that the clock of schedules and snapshots goes ahead, negative behind: a test lets a day pass in a minute. */
const CLOCK_VARIABLE = 'PENSTOCK_TEST_CLOCK_OFFSET_MS';

/**
 * Everything a service needs from its environment.
 *
 * @param serveHealth whether the service answers `/healthz` by itself.
 * @throws PenstockError CONFIG_SETTINGS, CONFIG_FILE, CONFIG_PIPELINE.
 */
export async function serviceInput(
  environment: Environment,
  cwd: string,
  serveHealth: boolean,
): Promise<ServiceInput> {
  const settings = parseSettings(environment);
  const pipelines = await loadPipelines(settings.configFile, cwd);
  const probe = crashingProbe(environment[CRASH_VARIABLE]);
  const offsetMs = Number(environment[CLOCK_VARIABLE] ?? 0);
  return { settings, pipelines, serveHealth, probe, now: () => new Date(Date.now() + offsetMs) };
}
