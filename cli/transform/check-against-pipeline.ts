import { existsSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadPipelines } from '#shared/config/load-pipelines.ts';
import { settingSpecs } from '#shared/config/settings.ts';
import { holdToContracts, type Streams } from '#shared/models/columns/hold-to-contracts.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { problemsError } from '#shared/models/project/problems-error.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';
import type { CliContext } from '../context.ts';
import { isTold } from './log-level.ts';
import type { ProjectFlags } from './transform-flags.ts';

/**
 * Holds a project that is a pipeline's to the contracts of its streams, as the transformer does; one that is nobody's reads what it likes.
 *
 * @throws PROJECT_INVALID listing every column and key that no contract and no model has.
 */
export async function checkAgainstPipeline(
  context: CliContext,
  flags: ProjectFlags,
  dir: string,
  project: LoadedProject,
): Promise<void> {
  const streams = await streamsOf(context, flags, dir);
  if (streams === undefined) return;
  const { problems } = await holdToContracts(project, streams);
  if (problems.length > 0) throw problemsError(problems);
}

/** Streams of the pipeline whose models these are. */
async function streamsOf(
  context: CliContext,
  flags: ProjectFlags,
  dir: string,
): Promise<Streams | undefined> {
  const { env, schema } = settingSpecs.configFile;
  const configFile = schema.parse(context.environment[env]);
  if (!existsSync(resolve(context.cwd, configFile))) return undefined;
  try {
    const pipelines = await loadPipelines(configFile, context.cwd);
    const own = [...pipelines.values()].find(({ projectDir }) => isSame(projectDir, dir));
    return own?.streams;
  } catch (error) {
    // Whose project it is cannot be known then, and it need not be a pipeline's.
    if (isTold('warn', flags)) context.control.say(`warning: ${describeError(error).message}`);
    return undefined;
  }
}

const isSame = (one: string, other: string): boolean =>
  existsSync(one) && realpathSync(one) === realpathSync(other);
