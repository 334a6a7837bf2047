import type { Adapter, AdapterConnection } from '../adapter/adapter.ts';
import type { RunScope } from '../compile/render-scope.ts';
import { runGraph } from '../dag/run-graph.ts';
import { nodeFailure } from '../execute/node-failure.ts';
import { describeFailure } from '../invoke/describe-failure.ts';
import type { OnEvent } from '../invoke/invocation-event.ts';
import { logOf } from '../invoke/log-of.ts';
import type { NodeResult, NodeStatus } from '../invoke/node-result.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { SourceNode } from '../project/project.ts';
import { ageText, freshnessState, periodText } from './freshness-state.ts';
import { type MeasureSource, measureSource, type SourceAge } from './measure-source.ts';

/** How old one source table is. */
export interface FreshnessResult extends NodeResult {
  readonly source: SourceNode;
  /** Undefined when it could not be measured: the status is `runtime error` then, and the message says why. */
  readonly age: SourceAge | undefined;
}

export interface MeasureSources extends Pick<MeasureSource, 'project' | 'resolveSource'> {
  readonly adapter: Adapter;
  /** Those to measure, see {@link measurable}. */
  readonly sources: readonly SourceNode[];
  readonly run: RunScope;
  readonly threads: number;
  readonly onEvent: OnEvent;
  readonly signal?: AbortSignal;
}

/** Source tables that say when they are old, by unique id. */
export const measurable = ({ graph }: LoadedProject): SourceNode[] =>
  [...graph.sources.values()]
    .filter(({ freshness }) => freshness !== undefined)
    .sort((a, b) => (a.uniqueId < b.uniqueId ? -1 : 1));

/**
 * Measures source tables, several at once, each on a connection of its own. One that cannot be measured is a result too; after an abort what
 * had not begun is left out.
 */
export async function measureSources(options: MeasureSources): Promise<FreshnessResult[]> {
  const { sources, threads, signal, onEvent } = options;
  const byId = new Map(sources.map((source) => [source.uniqueId, source]));
  const results: FreshnessResult[] = [];
  const freeThreads = Array.from({ length: threads }, (_, index) => index + 1);
  let started = 0;
  await runGraph({
    graph: new Map(sources.map(({ uniqueId }) => [uniqueId, []])),
    threads,
    signal,
    run: async (id) => {
      const source = byId.get(id);
      if (source === undefined) return;
      started += 1;
      const place = { index: started, total: sources.length };
      const thread = freeThreads.shift() ?? 1;
      onEvent({ type: 'node-started', node: labelOf(source), ...place });
      const result = await measured(options, source, thread);
      freeThreads.unshift(thread);
      results.push(result);
      onEvent({ type: 'node-finished', result, ...place });
    },
  });
  return results;
}

const labelOf = ({ uniqueId, name }: SourceNode) =>
  ({ uniqueId, kind: 'source', noun: 'freshness of', label: name }) as const;

async function measured(
  options: MeasureSources,
  source: SourceNode,
  thread: number,
): Promise<FreshnessResult> {
  const began = performance.now();
  const startedAt = new Date().toISOString();
  const { age, status, message } = await outcomeOf(options, source);
  return {
    ...labelOf(source),
    ...{ source, age, status, message },
    failures: null,
    rowsAffected: age?.response?.rowsAffected ?? null,
    compiledCode: null,
    ...(age?.response ? { response: age.response.message } : {}),
    timing: [{ name: 'execute', startedAt, completedAt: new Date().toISOString() }],
    threadId: `Thread-${thread}`,
    executionMs: performance.now() - began,
  };
}

interface Outcome {
  readonly age: SourceAge | undefined;
  readonly status: NodeStatus;
  readonly message: string;
}

async function outcomeOf(options: MeasureSources, source: SourceNode): Promise<Outcome> {
  const { adapter, signal, onEvent } = options;
  let connection: AdapterConnection | undefined;
  try {
    connection = await adapter.connect(source.uniqueId, signal);
    const onLog = logOf(onEvent, source.uniqueId);
    const age = await measureSource({ ...options, source, connection, onLog });
    return { age, ...verdictOf(source, age) };
  } catch (error) {
    const own = nodeFailure(error, { file: source.properties.file, sql: '' });
    return { age: undefined, status: 'runtime error', message: describeFailure(own) };
  } finally {
    await connection?.release();
  }
}

function verdictOf({ freshness }: SourceNode, { ageSeconds }: SourceAge): Omit<Outcome, 'age'> {
  const declared = freshness ?? { warnAfter: undefined, errorAfter: undefined, filter: undefined };
  const status = freshnessState(ageSeconds, declared);
  const old = ageText(Number.isFinite(ageSeconds) ? ageSeconds : null);
  const limit = status === 'error' ? declared.errorAfter : declared.warnAfter;
  if (status === 'pass' || limit === undefined) return { status, message: old };
  return { status, message: `${old}; ${status} after ${periodText(limit)}` };
}
