import { createSchemas } from './create-schemas.ts';
import { endOfRunNames } from './end-of-run.ts';
import type { InvocationResult, InvokeOptions } from './invocation.ts';
import type { WorkKind } from './node-result.ts';
import { countResults, isFailure, type NodeResult, type NodeStatus } from './node-result.ts';
import { planWork, type WorkPlan } from './plan-work.ts';
import { runHooks } from './run-hooks.ts';
import { runNodeWork } from './run-node-work.ts';
import { runWork } from './run-work.ts';

/** Statuses that hold back what hangs below, by command (`task/build.py`, `task/run.py`, `task/test.py`). */
const HOLDS_BACK: Readonly<Record<InvokeOptions['command'], readonly NodeStatus[]>> = {
  build: ['error', 'fail', 'skipped', 'partial success', 'runtime error'],
  run: ['error', 'skipped', 'partial success'],
  seed: ['error', 'skipped'],
  snapshot: ['error', 'skipped'],
  compile: ['error', 'skipped'],
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
  const { command, threads, flags, onEvent } = options;
  const plan = planWork(options);
  onEvent({ type: 'planned', kinds: kindsOf(plan.works.values()), total: plan.works.size, threads });
  if (command !== 'compile') await createSchemas(options, plan.works.values());
  const before = hasHooks(plan, command) ? await runHooks(options, 'on-run-start') : [];
  const nodes = await runWork({
    ...plan,
    threads,
    failFast: flags.failFast,
    holdsBack: ({ status }) => HOLDS_BACK[command].includes(status),
    run: (work, signal) => runNodeWork(options, work, signal),
    signal: options.signal,
    onEvent,
  });
  const done = [...before, ...nodes];
  const after = hasHooks(plan, command)
    ? await runHooks(options, 'on-run-end', endOfRunNames(options.project, plan.works, done))
    : [];
  const results = [...done, ...after];
  const elapsedMs = performance.now() - started;
  onEvent({ type: 'finished', counts: countResults(results), elapsedMs });
  return { results, elapsedMs, succeeded: succeeded(results, options.signal) };
}

/** Tests run them too; nothing selected means nothing is done at all. */
const hasHooks = ({ works }: WorkPlan, command: InvokeOptions['command']): boolean =>
  works.size > 0 && command !== 'compile';

const succeeded = (results: readonly NodeResult[], signal: AbortSignal | undefined): boolean =>
  !results.some(isFailure) && signal?.aborted !== true;

function kindsOf(works: Iterable<{ readonly kind: WorkKind }>): Partial<Record<WorkKind, number>> {
  const kinds: Partial<Record<WorkKind, number>> = {};
  for (const { kind } of works) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
}
