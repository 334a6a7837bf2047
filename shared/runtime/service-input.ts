import { loadPipelines } from '#shared/config/load-pipelines.ts';
import { type Environment, parseSettings } from '#shared/config/settings.ts';
import { crashingProbe } from '#shared/lifecycle/crashing-probe.ts';
import type { ServiceInput } from './worker-runtime.ts';

/** Names the step (`merge.committed:installments`) at which a chaos test wants this process killed. */
const CRASH_VARIABLE = 'PENSTOCK_TEST_CRASH_AT';

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
  return { settings, pipelines, serveHealth, probe: crashingProbe(environment[CRASH_VARIABLE]) };
}
