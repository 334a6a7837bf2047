import { randomUUID } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import type { Adapter } from '#shared/models/adapter/adapter.ts';
import type { RunScope } from '#shared/models/compile/render-scope.ts';
import { treatmentOf } from '#shared/models/invoke/warning-rules.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import type { ModelWarehouse } from '#shared/models/model-warehouse.ts';
import { openProject } from '#shared/models/open-project.ts';
import { problemsError } from '#shared/models/project/problems-error.ts';
import { ProblemList, type ProjectProblem } from '#shared/models/project/project-problem.ts';
import { readSettings } from '#shared/models/project/project-settings.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';
import type { CliContext } from '../context.ts';
import { checkAgainstPipeline } from './check-against-pipeline.ts';
import { transformErrors } from './errors.ts';
import { errorLine, warningLine } from './json-line.ts';
import { isTold } from './log-level.ts';
import { type OpenedWarehouse, openWarehouse } from './open-warehouse.ts';
import { resolveTarget } from './resolve-target.ts';
import type { ProjectFlags } from './transform-flags.ts';
import { warningRulesOf } from './transform-run.ts';

/** A project opened for one verb. */
export interface Transform {
  readonly project: LoadedProject;
  readonly dir: string;
  /** Absolute; artifacts go there. */
  readonly targetDir: string;
  readonly threads: number;
  /** Where it is built, for people. */
  readonly place: string;
  readonly run: RunScope;
  /** Opens the warehouse on first use. */
  readonly adapter: () => Adapter;
  /** The same warehouse, as publications use it. */
  readonly publisher: () => Promise<ModelWarehouse>;
}

const CLOSE_MS = 3_000;

/**
 * Opens the project that flags name; everything is closed when `work` is done, however it ends.
 *
 * @throws PROJECT_INVALID with every problem, those of profiles, and whatever `work` throws.
 */
export async function withTransform<T>(
  context: CliContext,
  flags: ProjectFlags,
  work: (transform: Transform) => Promise<T>,
): Promise<T> {
  const releasers = new Releasers();
  let opened: Transform | undefined;
  try {
    opened = await openTransform(context, flags, releasers);
    return await work(opened);
  } catch (error) {
    const { code, message } = describeError(error);
    if (opened !== undefined && CONNECTING.includes(code))
      context.control.say(`Connecting to ${opened.place}`);
    if (flags.logFormat === 'json') context.write(`${errorLine(code, message)}\n`);
    throw error;
  } finally {
    await releasers.releaseAll(CLOSE_MS);
  }
}

/** What stops a whole invocation with these has to do with where it connects to. */
const CONNECTING = ['POSTGRES_UNAVAILABLE', 'POSTGRES_DENIED', 'POSTGRES_EXHAUSTED'];

/** @throws PenstockError TRANSFORM_NO_PROJECT: nothing else is worth saying then. */
async function checkProjectFile(dir: string): Promise<void> {
  const found = await access(join(dir, 'dbt_project.yml')).then(
    () => true,
    () => false,
  );
  if (!found) throw new PenstockError(transformErrors.noProject, { folder: dir });
}

async function openTransform(
  context: CliContext,
  flags: ProjectFlags,
  releasers: Releasers,
): Promise<Transform> {
  const dir = projectDirOf(context, flags);
  await checkProjectFile(dir);
  const { target, place, warehouse, vars, env, warnings } = await resolveTarget(context, flags, dir);
  const targetDir = await targetDirOf(context, flags);
  const project = await openProject(dir, {
    ...{ target, vars, env, versionCheck: flags.versionCheck !== false },
    cacheDir: targetDir,
  });
  await checkAgainstPipeline(context, flags, dir, project);
  tellWarnings(context, flags, project, warnings);
  const startedAt = new Date().toISOString();
  const invocationId = randomUUID();
  const threads = flags.singleThreaded === true ? 1 : (flags.threads ?? target.threads);
  let opened: OpenedWarehouse | undefined;
  const open = (): OpenedWarehouse => {
    opened ??= openWarehouse(warehouse(), threads, releasers);
    return opened;
  };
  return {
    project,
    dir,
    targetDir,
    threads,
    place,
    run: { asOf: startedAt.slice(0, 10), runId: invocationId, runStartedAt: startedAt, invocationId },
    adapter: () => open().adapter,
    publisher: () => open().publisher(),
  };
}

/** What is probably wrong but stops nothing, unless warnings are to be errors. @throws PROJECT_INVALID */
function tellWarnings(
  context: CliContext,
  flags: ProjectFlags,
  project: LoadedProject,
  others: readonly ProjectProblem[],
): void {
  const rules = warningRulesOf(flags, project.graph.settings.flags);
  const treated = [...others, ...project.warnings].map((problem) => ({
    problem,
    treatment: treatmentOf(rules, problem.warning ?? 'ProjectWarning'),
  }));
  const errors = treated.filter(({ treatment }) => treatment === 'error').map(({ problem }) => problem);
  if (errors.length > 0) throw problemsError(errors);
  if (!isTold('warn', flags)) return;
  for (const { problem, treatment } of treated) {
    const text = `${problem.file}:${problem.line} ${problem.cause}`;
    if (treatment === 'silence') continue;
    if (flags.logFormat === 'json')
      context.write(`${warningLine(problem.warning ?? 'ProjectWarning', text)}\n`);
    else context.control.say(`warning: ${text}`);
  }
}

/** Where artifacts are: the flag, `DBT_TARGET_PATH`, what the project says. Nothing else of the project is read. */
export async function targetDirOf(context: CliContext, flags: ProjectFlags): Promise<string> {
  const dir = projectDirOf(context, flags);
  const given = flags.targetPath ?? context.environment['DBT_TARGET_PATH'];
  if (given !== undefined) return resolve(dir, given);
  const settings = await readSettings(dir, new ProblemList(), { render: (text) => text });
  return resolve(dir, settings?.targetPath ?? 'target');
}

/** As the original: the flag, `DBT_PROJECT_DIR`, the folder one stands in. */
export const projectDirOf = (context: CliContext, flags: ProjectFlags): string =>
  resolve(context.cwd, flags.projectDir ?? context.environment['DBT_PROJECT_DIR'] ?? '.');
