import { loadPipelines, type Pipelines } from '#shared/config/load-pipelines.ts';
import { parseSettings, type Settings } from '#shared/config/settings.ts';
import type { CliContext } from './context.ts';

/** Settings and pipelines of a verb that works against real servers. */
export async function loadSetup(context: CliContext): Promise<{ settings: Settings; pipelines: Pipelines }> {
  const settings = parseSettings(context.environment);
  return { settings, pipelines: await loadPipelines(settings.configFile, context.cwd) };
}
