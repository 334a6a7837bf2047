import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { AdapterConnection, StatementResult } from '../adapter/adapter.ts';
import { type CompileOptions, openOperation, scopeOfNode } from '../compile/compile-model.ts';
import { namesOf } from '../compile/context.ts';
import { type RelationValue, relationValue } from '../compile/relation-value.ts';
import type { NodeScope, RunScope } from '../compile/render-scope.ts';
import { storedName } from '../compile/stored-name.ts';
import { MomentValue } from '../context/moment-value.ts';
import { modelErrors } from '../errors.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { ModelNode, Target } from '../project/project.ts';
import { beforeCommit } from './before-commit.ts';
import { hooksOf } from './hooks-of.ts';
import { nodeFailure } from './node-failure.ts';
import { partitionNames } from './partition-names.ts';
import { seedNames } from './seed-names.ts';

/** One model, seed or snapshot to be built in place. */
export interface NodeRun extends Pick<CompileOptions, 'resolveRef' | 'resolveSource' | 'limitOf' | 'onLog'> {
  readonly project: LoadedProject;
  readonly node: ModelNode;
  /** Its own, outside of any transaction; what is left open is rolled back by its release. */
  readonly connection: AdapterConnection;
  readonly run: RunScope;
  readonly fullRefresh: boolean;
  /** Where it is built, when that is not under its own name; as the server keeps names. */
  readonly into?: RelationName;
  /** Changes the node's own query before it is run. */
  readonly rewrite?: (sql: string) => string;
  /** Looks at what the node's own statement wrote, before that is committed; what it throws rolls everything back. */
  readonly audit?: (connection: AdapterConnection) => Promise<void>;
  /** Set for one batch of a microbatch model. */
  readonly batch?: BatchOfNode;
  /** Not built but cloned, from where another environment has it; undefined there when nobody knows of it. */
  readonly clone?: { readonly from: RelationName | undefined };
}

/** Which batch of its model a run is. */
export interface BatchOfNode {
  /** What `model.batch.id` answers. */
  readonly id: string;
  readonly start: Date;
  readonly end: Date;
  /** Hooks before run with the first batch, those after with the last. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** The table stands, and is added to, whatever a full refresh would say. */
  readonly addsToTable: boolean;
}

/** What the node's own statement did. */
export interface BuiltNode {
  /** As the server tells it, e.g. `SELECT 12`; `OK` when the materialisation ran no statement called `main`. */
  readonly message: string;
  readonly rowsAffected: number | null;
  readonly compiledCode: string;
  /** The statement that made the relation or its rows; null where the materialisation ran none called `main`. */
  readonly executedCode: string | null;
}

/**
 * Builds a node by its materialisation: the project's own of that name, a package's, or the built-in one.
 *
 * @throws TemplateError; PenstockError of the server, `MODEL_MATERIALIZATION_UNKNOWN`. Nothing half-built is visible then.
 */
export async function runNode(work: NodeRun): Promise<BuiltNode> {
  const { node, run, fullRefresh, batch, into = node.relation } = work;
  const refreshed = node.config.fullRefresh ?? fullRefresh;
  const addsToTable = batch?.addsToTable === true;
  const { target } = work.project.graph.options;
  const appended = addsToTable || (!refreshed && (await isAppended(node, work.connection, target, into)));
  // What a crash emptied is built whole, even where a full refresh is refused.
  const answer = addsToTable ? ANSWERS_FALSE : node.config.unlogged && !appended ? ANSWERS_TRUE : undefined;
  let main: StatementResult | undefined;
  let executedCode: string | null = null;
  const connection = audited(work, () => main !== undefined);
  const options: CompileOptions = {
    run: { ...run, flags: { ...run.flags, FULL_REFRESH: fullRefresh } },
    resolveRef: work.resolveRef,
    resolveSource: work.resolveSource,
    connection,
    incremental: appended,
    ...(work.onLog === undefined ? {} : { onLog: work.onLog }),
    ...(work.limitOf === undefined ? {} : { limitOf: work.limitOf }),
    // The first batch has replaced the table, or was built earlier: the others are added to it.
    ...(answer === undefined ? {} : { extra: new Map([['should_full_refresh', answer]]) }),
    onResult: (name, result, sent) => {
      if (name !== 'main') return;
      main = result;
      executedCode = sent ?? null;
    },
  };
  const scope = scopeOfBatch(scopeOfNode(work.project.graph, node, into), batch);
  // Hooks are not rendered here: the materialisation does it when they run.
  const rendered = (await sqlOf(work, scope, options)).trim();
  const sql = work.rewrite?.(rendered) ?? rendered;
  await materialize({ ...work, connection }, scope, sql, options);
  return {
    message: main?.message ?? (work.clone === undefined ? 'OK' : 'No-op'),
    rowsAffected: main?.rowsAffected ?? null,
    compiledCode: sql,
    executedCode,
  };
}

/** The connection, whose first commit after the node's own statement waits for the audit. */
function audited({ connection, audit }: NodeRun, hasWritten: () => boolean): AdapterConnection {
  if (audit === undefined) return connection;
  let isDone = false;
  return beforeCommit(connection, async () => {
    if (isDone || !hasWritten()) return;
    isDone = true;
    await audit(connection);
  });
}

async function sqlOf(
  { project, node, clone }: NodeRun,
  scope: NodeScope,
  options: CompileOptions,
): Promise<string> {
  if (clone !== undefined)
    return clone.from ? `select * from ${otherRelation(project, clone.from).toText()}` : '';
  return node.kind === 'seed' ? '' : openOperation(project, scope, options).render(node.sql);
}

const otherRelation = ({ graph }: LoadedProject, relation: RelationName): RelationValue =>
  relationValue(relation, graph.options.target);

const ANSWERS_FALSE = hostFunction('should_full_refresh', () => false);
const ANSWERS_TRUE = hostFunction('should_full_refresh', () => true);

/** `model.batch` for templates: id and times. */
function scopeOfBatch(scope: NodeScope, batch: BatchOfNode | undefined): NodeScope {
  if (batch === undefined) return scope;
  const [event_time_start, event_time_end] = [MomentValue.of(batch.start), MomentValue.of(batch.end)];
  return { ...scope, facts: { ...scope.facts, batch: { id: batch.id, event_time_start, event_time_end } } };
}

/**
 * An incremental model whose table is there gets rows; anything else is built whole, also an unlogged table that is empty: a crash
 * of the server empties it, and rows since then would pass for all.
 */
export async function isAppended(
  node: ModelNode,
  connection: AdapterConnection,
  target: Pick<Target, 'quoting'>,
  relation: RelationName = node.relation,
): Promise<boolean> {
  if (node.config.materialized !== 'incremental') return false;
  const { schema, name } = storedName(relation, target);
  if ((await connection.relation({ database: null, schema, identifier: name }))?.type !== 'table')
    return false;
  if (!node.config.unlogged) return true;
  const { rows } = await connection.execute(`select 1 from ${quoteRelation({ schema, name })} limit 1`);
  return rows.length > 0;
}

const deferRelation = (project: LoadedProject, from: RelationName | undefined): [string, Value] => [
  'defer_relation',
  from === undefined ? null : otherRelation(project, from),
];

async function materialize(
  { project, node, connection, batch, clone, into = node.relation }: NodeRun,
  scope: NodeScope,
  sql: string,
  options: CompileOptions,
): Promise<void> {
  const { library, target } = project.scope;
  const materialized = clone === undefined ? node.config.materialized : 'clone';
  const entry = library.materialization(materialized, target.type, node.packageName);
  if (entry === undefined)
    throw new PenstockError(modelErrors.materializationUnknown, { model: node.name, materialized });
  const facts = { ...scope.facts, compiled_code: sql, compiled: true };
  const extra = new Map<string, Value>([
    ...(options.extra ?? []),
    ['sql', sql],
    ['compiled_code', sql],
    ['pre_hooks', batch?.isFirst === false ? new ListValue() : hooksOf(node, 'pre_hook')],
    ['post_hooks', batch?.isLast === false ? new ListValue() : hooksOf(node, 'post_hook')],
    ['render', hostFunction('render', ({ args }) => operation.render(String(args[0] ?? '')))],
    ...seedNames(node, connection, storedName(into, target)),
    ...partitionNames(node, connection, options.run.asOf),
    ...(clone === undefined ? [] : [deferRelation(project, clone.from)]),
  ]);
  const operation = openOperation(project, { ...scope, facts }, { ...options, extra });
  try {
    await library.callEntry(entry, entry.name, [], new Map(), namesOf(operation.scope));
  } catch (error) {
    throw nodeFailure(error, node);
  }
}
