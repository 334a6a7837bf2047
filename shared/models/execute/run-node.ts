import { PenstockError } from '#shared/errors/penstock-error.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { AdapterConnection, StatementResult } from '../adapter/adapter.ts';
import { type CompileOptions, compileSql, openOperation, scopeOfNode } from '../compile/compile-model.ts';
import { namesOf } from '../compile/context.ts';
import type { RunScope } from '../compile/render-scope.ts';
import { modelErrors } from '../errors.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { ModelNode } from '../project/project.ts';
import { hooksOf } from './hooks-of.ts';
import { nodeFailure } from './node-failure.ts';
import { seedNames } from './seed-names.ts';

/** One model, seed or snapshot to be built in place. */
export interface NodeRun extends Pick<CompileOptions, 'resolveRef' | 'resolveSource' | 'limitOf' | 'onLog'> {
  readonly project: LoadedProject;
  readonly node: ModelNode;
  /** Its own, outside of any transaction; what is left open is rolled back by its release. */
  readonly connection: AdapterConnection;
  readonly run: RunScope;
  readonly fullRefresh: boolean;
}

/** What the node's own statement did. */
export interface BuiltNode {
  /** As the server tells it, e.g. `SELECT 12`; `OK` when the materialisation ran no statement called `main`. */
  readonly message: string;
  readonly rowsAffected: number | null;
  readonly compiledCode: string;
}

/**
 * Builds a node by its materialisation: the project's own of that name, a package's, or the built-in one.
 *
 * @throws TemplateError; PenstockError of the server, `MODEL_MATERIALIZATION_UNKNOWN`. Nothing half-built is visible then.
 */
export async function runNode(work: NodeRun): Promise<BuiltNode> {
  const { project, node, connection, run, fullRefresh } = work;
  const refreshed = node.config.fullRefresh ?? fullRefresh;
  const options: CompileOptions = {
    run: { ...run, flags: { ...run.flags, FULL_REFRESH: fullRefresh } },
    resolveRef: work.resolveRef,
    resolveSource: work.resolveSource,
    connection,
    incremental: !refreshed && (await isAppended(node, connection)),
    ...(work.onLog === undefined ? {} : { onLog: work.onLog }),
    ...(work.limitOf === undefined ? {} : { limitOf: work.limitOf }),
  };
  const sql = node.kind === 'seed' ? '' : await compileSql(project, node.key, options);
  let main: StatementResult | undefined;
  await materialize(work, sql, {
    ...options,
    onResult: (name, result) => {
      if (name === 'main') main = result;
    },
  });
  return {
    message: main?.message ?? 'OK',
    rowsAffected: main?.rowsAffected ?? null,
    compiledCode: sql,
  };
}

/** An incremental model whose table is there gets rows; anything else is built whole. */
export async function isAppended(node: ModelNode, connection: AdapterConnection): Promise<boolean> {
  if (node.config.materialized !== 'incremental') return false;
  const { schema, name } = node.relation;
  return (await connection.relation({ database: null, schema, identifier: name }))?.type === 'table';
}

async function materialize({ project, node, connection }: NodeRun, sql: string, options: CompileOptions) {
  const { library, target } = project.scope;
  const { materialized } = node.config;
  const entry = library.materialization(materialized, target.type, node.packageName);
  if (entry === undefined)
    throw new PenstockError(modelErrors.materializationUnknown, { model: node.name, materialized });
  const scope = scopeOfNode(node, node.relation);
  const operation = openOperation(
    project,
    { ...scope, facts: { ...scope.facts, compiled_code: sql, compiled: true } },
    {
      ...options,
      extra: new Map<string, Value>([
        ['sql', sql],
        ['compiled_code', sql],
        ['pre_hooks', hooksOf(node, 'pre_hook')],
        ['post_hooks', hooksOf(node, 'post_hook')],
        ['render', hostFunction('render', ({ args }) => operation.render(String(args[0] ?? '')))],
        ...seedNames(node, connection),
      ]),
    },
  );
  try {
    await library.callEntry(entry, entry.name, [], new Map(), namesOf(operation.scope));
  } catch (error) {
    throw nodeFailure(error, node);
  }
}
