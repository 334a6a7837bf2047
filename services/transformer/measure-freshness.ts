import type { ClaimedTask } from '#shared/contracts/task.ts';
import { type RecordedFreshness, recordFreshness } from '#shared/ledger/source-freshness.ts';
import { secondsOf } from '#shared/models/freshness/freshness-state.ts';
import {
  type FreshnessResult,
  measurable,
  measureSources,
} from '#shared/models/freshness/measure-sources.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import type { FreshnessPeriod, SourceNode } from '#shared/models/project/project.ts';
import type { TaskContext } from '#shared/task-runner/task-runner.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';
import type { TransformerDeps } from './transformer-deps.ts';

/**
 * Measures how old sources of a pipeline's project are, where they declare when they are old, and tells the ledger and the log; the
 * scheduler judges it from then on, as time goes by. It never fails a run: what a run has published is right, however old it is.
 */
export async function measureFreshness(
  deps: TransformerDeps,
  task: ClaimedTask,
  project: LoadedProject,
  asOf: string,
  { signal, log }: TaskContext,
  isAsked: (source: SourceNode) => boolean,
): Promise<void> {
  const sources = measurable(project).filter(isAsked);
  if (sources.length === 0 || signal.aborted) return;
  try {
    const results = await measureSources({
      ...{ project, sources, signal },
      adapter: deps.adapter,
      run: {
        asOf,
        runId: task.runId,
        runStartedAt: new Date().toISOString(),
        invocationId: `${task.runId}_${task.attempt}`,
      },
      threads: deps.settings.modelThreads,
      onEvent: () => {},
    });
    if (signal.aborted) return;
    const measured = results.map(recordOf);
    for (const one of measured) tell(one, log);
    await recordFreshness(deps.ledger, task, measured);
  } catch (error) {
    const { code, message } = describeError(error);
    log.warn({ code, reason: message }, 'source freshness was not recorded');
  }
}

function recordOf({ source, age, status, message }: FreshnessResult): RecordedFreshness {
  const declared = limitsOf(source);
  if (age === undefined || status === 'runtime error') {
    const error = { code: 'MODEL_FRESHNESS_UNKNOWN', message: message ?? '', actor: 'author' };
    return {
      source: source.name,
      status: 'unknown',
      maxLoadedAt: null,
      ageSeconds: null,
      error,
      ...declared,
    };
  }
  const state = status === 'error' || status === 'warn' ? status : 'pass';
  const ageSeconds = Number.isFinite(age.ageSeconds) ? age.ageSeconds : null;
  const { maxLoadedAt } = age;
  return { source: source.name, status: state, maxLoadedAt, ageSeconds, error: null, ...declared };
}

function limitsOf({ freshness }: SourceNode) {
  const seconds = (than: FreshnessPeriod | undefined) => (than === undefined ? null : secondsOf(than));
  return {
    warnAfterSeconds: seconds(freshness?.warnAfter),
    errorAfterSeconds: seconds(freshness?.errorAfter),
  };
}

function tell(
  { source, status, ageSeconds, maxLoadedAt, error }: RecordedFreshness,
  log: TaskContext['log'],
): void {
  const facts = {
    source,
    status,
    ageSeconds,
    maxLoadedAt,
    ...(error === null ? {} : { reason: error.message }),
  };
  if (status === 'pass') log.info(facts, 'source freshness');
  else log.warn(facts, 'source freshness');
}
