import type { RunScope } from '../compile/render-scope.ts';
import { createSchemas } from './create-schemas.ts';
import { otherRelations, resolutionOf } from './deferral.ts';
import { endOfRunNames } from './end-of-run.ts';
import type { InvocationResult, InvokeOptions } from './invocation.ts';
import type { WorkKind } from './node-result.ts';
import { countResults, isFailure, type NodeResult, type NodeStatus } from './node-result.ts';
import { planWork, type WorkPlan } from './plan-work.ts';
import { runHooks } from './run-hooks.ts';
import { type RunOptions, runNodeWork } from './run-node-work.ts';
import { runWork } from './run-work.ts';
import { type WarningName, warnBy } from './warning-rules.ts';

/** Statuses that hold back what hangs below, by command (`task/build.py`, `task/run.py`, `task/test.py`). */
const HOLDS_BACK: Readonly<Record<InvokeOptions['command'], readonly NodeStatus[]>> = {
  build: ['error', 'fail', 'skipped', 'partial success', 'runtime error'],
  run: ['error', 'skipped', 'partial success'],
  seed: ['error', 'skipped'],
  snapshot: ['error', 'skipped'],
  compile: ['error', 'skipped'],
  clone: [],
  test: [],
};

/**
 * Runs what is selected of a project against a warehouse: models, seeds, snapshots and tests, in the order of the graph.
 *
 * Nodes fail by themselves, as results; what is thrown stopped the whole: a selection that cannot be understood, a warehouse that cannot be
 * reached, a hook that failed before anything ran.
 */
export async function invoke(options: InvokeOptions): Promise<InvocationResult> {
  const started = performance.now();
  const { onEvent, signal } = options;
  const tell = (text: string): void =>
    onEvent({ type: 'message', level: 'warn', text, node: null, print: false });
  const warn = (name: WarningName, text: string): void => warnBy(options.flags.warnings, name, text, tell);
  const plan = await planWork(options, (text) => warn('NoNodesForSelectionCriteria', text));
  if (plan.works.size === 0) warn('NothingToDo', 'the selection matches nothing that this command runs');
  onEvent({
    type: 'planned',
    kinds: kindsOf(plan.works.values()),
    total: plan.works.size,
    threads: options.threads,
  });
  const resolution = await resolutionOf(options, new Set(plan.works.keys()));
  const others = options.command === 'clone' ? await otherRelations(options.flags) : undefined;
  const run = runScopeOf(options, plan);
  const results = await runPlan({ ...options, resolution, run, ...(others ? { others } : {}) }, plan);
  const elapsedMs = performance.now() - started;
  onEvent({ type: 'finished', counts: countResults(results), elapsedMs });
  return { results, elapsedMs, succeeded: succeeded(results, signal) };
}

/** Schemas, hooks, nodes, publication, hooks. */
async function runPlan(options: InvokeOptions, plan: WorkPlan): Promise<NodeResult[]> {
  const { command, audit } = options;
  if (plan.works.size === 0) return [];
  if (command === 'compile') return runNodes(options, plan);
  await createSchemas(options, plan.works.values());
  if (command === 'clone') return runNodes(options, plan);
  if (audit === undefined) return runBetweenHooks(options, plan);
  const { AuditedRun } = await import('./audit/audited-run.ts');
  const audited = await AuditedRun.open({ ...options, audit }, plan);
  try {
    return await runBetweenHooks({ ...options, resolution: audited.resolution, audited }, plan);
  } finally {
    await audited.end();
  }
}

async function runBetweenHooks(options: RunOptions, plan: WorkPlan): Promise<NodeResult[]> {
  const { project, audited } = options;
  const before = await runHooks(options, 'on-run-start');
  // Off by default, as in the original: nodes run although a hook before them failed.
  const skips = project.graph.settings.flags['skip_nodes_if_on_run_start_fails'] === true;
  const ended = await runNodes(options, plan, skips && before.some(isFailure));
  const nodes = (await audited?.publish(ended)) ?? ended;
  const done = [...before, ...nodes];
  const after = await runHooks(options, 'on-run-end', endOfRunNames(project, plan.works, done));
  return [...done, ...after];
}

function runNodes(options: RunOptions, plan: WorkPlan, skip = false): Promise<NodeResult[]> {
  const { command, threads, flags, onEvent, signal, audited } = options;
  return runWork({
    ...plan,
    threads,
    failFast: flags.failFast,
    holdsBack: ({ status }) => HOLDS_BACK[command].includes(status),
    run: (work, aborted) => runNodeWork(options, work, aborted),
    ...(audited === undefined ? {} : { knownOf: (work) => audited.knownOf(work) }),
    signal: skip ? AbortSignal.abort() : signal,
    onEvent,
  });
}

/** What templates see of the invocation: `flags`, `selected_resources`. */
function runScopeOf({ run, flags, command, selection }: InvokeOptions, { works }: WorkPlan): RunScope {
  return {
    ...run,
    selected: [...works.keys()],
    flags: {
      ...run.flags,
      WHICH: command,
      FULL_REFRESH: flags.fullRefresh,
      STORE_FAILURES: flags.storeFailures,
      FAIL_FAST: flags.failFast,
      EMPTY: flags.empty,
      WARN_ERROR: flags.warnings.error === 'all',
      DEFER: flags.defer,
      FAVOR_STATE: flags.favorState,
      INDIRECT_SELECTION: selection.indirectSelection ?? 'eager',
    },
  };
}

const succeeded = (results: readonly NodeResult[], signal: AbortSignal | undefined): boolean =>
  !results.some(isFailure) && signal?.aborted !== true;

function kindsOf(works: Iterable<{ readonly kind: WorkKind }>): Partial<Record<WorkKind, number>> {
  const kinds: Partial<Record<WorkKind, number>> = {};
  for (const { kind } of works) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
}
