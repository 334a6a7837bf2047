import { PenstockError } from '#shared/errors/penstock-error.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import type { Value } from '#shared/template/values/value.ts';
import { after } from '#shared/template/values/wait.ts';
import type { AdapterConnection, StatementResult } from '../adapter/adapter.ts';
import { type CompileOptions, compileModel, openOperation, scopeOfNode } from '../compile/compile-model.ts';
import { namesOf } from '../compile/context.ts';
import type { RunScope } from '../compile/render-scope.ts';
import { modelErrors } from '../errors.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { listOf, type RawConfig } from '../project/config-tree.ts';
import type { ModelNode } from '../project/project.ts';
import { isMapping, textOr } from '../project/read-yaml.ts';

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
  const compiled = node.kind === 'seed' ? { sql: '' } : await compileModel(project, node.key, options);
  let main: StatementResult | undefined;
  const extra = new Map<string, Value>([
    ['sql', compiled.sql],
    ['compiled_code', compiled.sql],
    ['pre_hooks', await hooksOf(work, options, 'pre_hook')],
    ['post_hooks', await hooksOf(work, options, 'post_hook')],
    ...seedNames(node, connection),
  ]);
  await materialize(project, node, {
    ...options,
    extra,
    onResult: (name, result) => {
      if (name === 'main') main = result;
    },
  });
  const rows = node.seed?.rows.length;
  return {
    message: rows === undefined ? (main?.message ?? 'OK') : `INSERT ${rows}`,
    rowsAffected: rows ?? main?.rowsAffected ?? null,
    compiledCode: compiled.sql,
  };
}

/** An incremental model whose table is there gets rows; anything else is built whole. */
export async function isAppended(node: ModelNode, connection: AdapterConnection): Promise<boolean> {
  if (node.config.materialized !== 'incremental') return false;
  const { schema, name } = node.relation;
  return (await connection.relation({ database: null, schema, identifier: name }))?.type === 'table';
}

async function materialize(project: LoadedProject, node: ModelNode, options: CompileOptions): Promise<void> {
  const { library, target } = project.scope;
  const { materialized } = node.config;
  const entry = library.materialization(materialized, target.type, node.packageName);
  if (entry === undefined)
    throw new PenstockError(modelErrors.materializationUnknown, { model: node.name, materialized });
  const { scope } = openOperation(project, scopeOfNode(node, node.relation), options);
  await library.callEntry(entry, entry.name, [], new Map(), namesOf(scope));
}

/** Hooks rendered, each with whether it belongs to the transaction. */
async function hooksOf(
  work: NodeRun,
  options: CompileOptions,
  key: 'pre_hook' | 'post_hook',
): Promise<Value> {
  const { project, node } = work;
  const { render } = openOperation(project, scopeOfNode(node, node.relation), options);
  const hooks: { sql: string; transaction: boolean }[] = [];
  for (const { sql, transaction } of listOf(node.config.raw[key]).map(readHook)) {
    const rendered = readHook(await render(sql));
    hooks.push({ sql: rendered.sql, transaction: transaction && rendered.transaction });
  }
  return fromHost(hooks);
}

/** SQL, `{sql, transaction}`, or that as the JSON text which `before_begin()` and `after_commit()` give. */
function readHook(written: unknown): { sql: string; transaction: boolean } {
  const config: RawConfig | undefined = isMapping(written) ? written : jsonHook(textOr(written, ''));
  if (config === undefined) return { sql: textOr(written, ''), transaction: true };
  return { sql: textOr(config['sql'], ''), transaction: config['transaction'] !== false };
}

function jsonHook(text: string): RawConfig | undefined {
  if (!text.trimStart().startsWith('{"')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isMapping(parsed) && 'sql' in parsed ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** What the seed materialisation is given: its columns, and a function that fills its table. */
function seedNames({ seed, relation }: ModelNode, connection: AdapterConnection): [string, Value][] {
  if (seed === undefined) return [];
  const into = { database: null, schema: relation.schema, identifier: relation.name };
  const load = hostFunction('load_seed_rows', () => after(connection.insertRows(into, seed), () => ''));
  return [
    ['seed_columns', fromHost(seed.columns.map(({ name, type }) => ({ name, type })))],
    ['load_seed_rows', load],
  ];
}
