import { endOfRunNames } from '../invoke/end-of-run.ts';
import type { InvokeOptions } from '../invoke/invocation.ts';
import { countResults, isFailure, type NodeResult } from '../invoke/node-result.ts';
import { runHooks } from '../invoke/run-hooks.ts';
import { selectWork } from '../invoke/select-work.ts';
import { type FreshnessResult, measurable, measureSources } from './measure-sources.ts';

export type FreshnessOptions = Pick<
  InvokeOptions,
  'project' | 'adapter' | 'selection' | 'threads' | 'run' | 'onEvent' | 'signal'
>;

/** What measuring source tables gave. */
export interface FreshnessOutcome {
  /** In the order they ended. */
  readonly results: readonly FreshnessResult[];
  readonly elapsedMs: number;
  /** No table is older than its `error_after`, each could be measured, no hook failed, and nothing was cancelled. */
  readonly succeeded: boolean;
}

/**
 * Measures the selected source tables that declare when they are old; the project's hooks run before and after, unless its flag
 * `source_freshness_run_project_hooks` is false, as in the original.
 *
 * @throws PenstockError for a selection that cannot be understood.
 */
export async function invokeFreshness(options: FreshnessOptions): Promise<FreshnessOutcome> {
  const began = performance.now();
  const { project, selection, threads, onEvent, signal } = options;
  const warn = (text: string): void =>
    onEvent({ type: 'message', level: 'warn', text, node: null, print: false });
  const chosen = await selectWork(project, selection, ['source'], { warn });
  const sources = measurable(project).filter(({ uniqueId }) => chosen.has(uniqueId));
  const run = { ...options.run, selected: sources.map(({ uniqueId }) => uniqueId) };
  onEvent({ type: 'planned', kinds: { source: sources.length }, total: sources.length, threads });
  const isHooked =
    sources.length > 0 && project.graph.settings.flags['source_freshness_run_project_hooks'] !== false;
  const before = isHooked ? await runHooks({ ...options, run }, 'on-run-start') : [];
  const results = await measureSources({ ...options, run, sources });
  const ended: NodeResult[] = [...before, ...results];
  const names = endOfRunNames(project, new Map(), ended);
  const after = isHooked ? await runHooks({ ...options, run }, 'on-run-end', names) : [];
  const elapsedMs = performance.now() - began;
  onEvent({ type: 'finished', counts: countResults(results), elapsedMs });
  const failed = [...ended, ...after].some(isFailure);
  return { results, elapsedMs, succeeded: !failed && signal?.aborted !== true };
}
