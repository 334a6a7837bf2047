import type { Value } from '#shared/template/values/value.ts';
import type { AdapterConnection } from '../adapter/adapter.ts';
import { openOperation, publishedResolution } from '../compile/compile-model.ts';
import { describeFailure } from './describe-failure.ts';
import type { InvokeOptions } from './invocation.ts';
import { logOf } from './log-of.ts';
import type { NodeResult, NodeStatus, Timing } from './node-result.ts';
import { operationNode } from './operation-node.ts';
import { type HookOccasion, type ProjectHook, projectHooks } from './project-hooks.ts';

export type HookOptions = Pick<InvokeOptions, 'project' | 'adapter' | 'run' | 'onEvent' | 'signal'>;

/**
 * Runs the project's hooks of one occasion, outside of any transaction, one after another; after one that failed the rest is skipped
 * (`task/run.py`, `safe_run_hooks`).
 *
 * @param extra names that only these hooks see, such as `results`.
 */
export async function runHooks(
  options: HookOptions,
  occasion: HookOccasion,
  extra: ReadonlyMap<string, Value> = new Map(),
): Promise<NodeResult[]> {
  const hooks = projectHooks(options.project, occasion);
  if (hooks.length === 0 || options.signal?.aborted) return [];
  const connection = await options.adapter.connect(occasion, options.signal);
  const results: NodeResult[] = [];
  try {
    for (const hook of hooks) {
      const failed = results.some(({ status }) => status === 'error');
      const result = failed
        ? resultOf(hook, { status: 'skipped' })
        : await runHook(options, hook, connection, extra);
      results.push(result);
      options.onEvent({ type: 'node-finished', result, index: results.length, total: hooks.length });
    }
  } finally {
    await connection.release();
  }
  return results;
}

async function runHook(
  options: HookOptions,
  hook: ProjectHook,
  connection: AdapterConnection,
  extra: ReadonlyMap<string, Value>,
): Promise<NodeResult> {
  const { project, run, onEvent } = options;
  const began = performance.now();
  const startedAt = new Date().toISOString();
  let sql: string | null = null;
  const outcome = (status: NodeStatus, message?: string): NodeResult =>
    resultOf(hook, { status, message, sql, startedAt, ms: performance.now() - began });
  try {
    const { render } = openOperation(project, operationNode(project, hook.uniqueId, hook.packageName), {
      run,
      ...publishedResolution,
      connection,
      extra,
      onLog: logOf(onEvent, hook.uniqueId),
    });
    sql = await render(hook.template);
    if (sql.trim() !== '') await connection.execute(sql);
    return outcome('success');
  } catch (error) {
    if (connection.inTransaction) await connection.rollback();
    return outcome('error', describeFailure(error));
  }
}

interface HookEnd {
  readonly status: NodeStatus;
  readonly message?: string | undefined;
  readonly sql?: string | null;
  readonly startedAt?: string;
  readonly ms?: number;
}

function resultOf(
  hook: ProjectHook,
  { status, message, sql = null, startedAt, ms = 0 }: HookEnd,
): NodeResult {
  const said = {
    success: `${hook.name} passed`,
    skipped: `${hook.name} skipped`,
  }[status as string];
  const completedAt = new Date().toISOString();
  const timing: Timing[] = startedAt === undefined ? [] : [{ name: 'execute', startedAt, completedAt }];
  return {
    uniqueId: hook.uniqueId,
    kind: 'operation',
    label: hook.name,
    noun: 'hook',
    status,
    message: said ?? `${hook.name} failed, error:\n ${message ?? ''}`,
    failures: status === 'success' ? 0 : 1,
    rowsAffected: null,
    compiledCode: sql,
    timing,
    threadId: 'main',
    executionMs: ms,
  };
}
