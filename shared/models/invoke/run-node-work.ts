import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { AdapterConnection, ResultValue } from '../adapter/adapter.ts';
import { quotedRelation } from '../artifacts/node-dictionary.ts';
import { compileSql, compileTest, compileTestRows, publishedResolution } from '../compile/compile-model.ts';
import { countingSql } from '../compile/render-test.ts';
import { isMicrobatch } from '../execute/run-batches.ts';
import { runNode } from '../execute/run-node.ts';
import { type StoredFailures, storedFailuresOf } from '../execute/stored-failures.ts';
import { describeFailure } from './describe-failure.ts';
import type { InvokeOptions } from './invocation.ts';
import { limitOf } from './limit-reads.ts';
import { logOf } from './log-of.ts';
import type { NodeOutcome } from './node-result.ts';
import { runBatchedWork } from './run-batched-work.ts';
import type { Work } from './work.ts';

/** An exposure stands for who reads its models: it is reported, and nothing is run. */
const NOTHING: NodeOutcome = {
  status: 'no-op',
  message: null,
  failures: null,
  rowsAffected: null,
  compiledCode: null,
};

/** Runs one node on a connection of its own. */
export async function runNodeWork(
  options: InvokeOptions,
  work: Work,
  signal: AbortSignal,
): Promise<NodeOutcome> {
  if (work.kind === 'exposure') return NOTHING;
  const connection = await options.adapter.connect(work.id, signal);
  try {
    if (options.command === 'compile') return await compile(options, work, connection);
    return work.kind === 'test'
      ? await runTest(options, work, connection)
      : await build(options, work, connection);
  } catch (error) {
    const message = describeFailure(error);
    return { status: 'error', message, failures: null, rowsAffected: null, compiledCode: null };
  } finally {
    await connection.release();
  }
}

type TestWork = Extract<Work, { kind: 'test' }>;
type ModelWork = Extract<Work, { kind: 'model' | 'seed' | 'snapshot' }>;

async function compile(
  { project, run, resolution = publishedResolution }: InvokeOptions,
  work: TestWork | ModelWork,
  connection: AdapterConnection,
): Promise<NodeOutcome> {
  const options = { run, ...resolution, connection };
  const sql =
    work.kind === 'test'
      ? await compileTest(project, work.node, options)
      : await compileSql(project, work.node.key, options);
  return { status: 'success', message: null, failures: null, rowsAffected: null, compiledCode: sql };
}

async function runTest(
  { project, run, flags, resolution = publishedResolution }: InvokeOptions,
  { node }: TestWork,
  connection: AdapterConnection,
): Promise<NodeOutcome> {
  const failing = await compileTestRows(project, node, { run, ...resolution, connection });
  const stored = storedFailuresOf(project, node, flags.storeFailures);
  const sql = countingSql(node, stored ? await store(stored, failing, connection) : failing);
  const { rows } = await connection.execute(sql);
  const [failures, warn, error] = rows[0] ?? [];
  const failed = error === true && node.config.severity === 'error';
  const status = failed ? 'fail' : warn === true || error === true ? 'warn' : 'pass';
  return {
    ...{ status, message: null, failures: countOf(failures), rowsAffected: null },
    ...{ compiledCode: failing, executedCode: sql },
  };
}

/** What `fail_calc` gave, rounded down; NULL, as a sum of no rows, is none. */
const countOf = (failures: ResultValue | undefined): number =>
  Math.trunc(
    typeof failures === 'object' && failures !== null ? Number(failures.text) : Number(failures ?? 0),
  );

/** Keeps the failing rows. @returns a query of them. */
async function store(
  { relation, kind }: StoredFailures,
  failing: string,
  connection: AdapterConnection,
): Promise<string> {
  const name = quoteRelation(relation);
  const parts = { database: null, schema: relation.schema, identifier: relation.name };
  await connection.begin();
  const earlier = await connection.relation(parts);
  if (earlier !== undefined)
    await connection.execute(`drop ${earlier.type === 'view' ? 'view' : 'table'} ${name} cascade`);
  await connection.execute(`create ${kind} ${name} as (\n${failing}\n)`);
  await connection.commit();
  return `select * from ${name}`;
}

async function build(
  { project, run, flags, onEvent, resolution = publishedResolution }: InvokeOptions,
  work: ModelWork,
  connection: AdapterConnection,
): Promise<NodeOutcome> {
  const { node, id } = work;
  const onLog = logOf(onEvent, id);
  const nodeRun = {
    ...resolution,
    ...{ project, node, connection, run, onLog, fullRefresh: flags.fullRefresh },
    ...limitOf(flags, run.runStartedAt),
  };
  const { database } = project.graph.options.target;
  const relationName = quotedRelation(database, node.relation.schema, node.relation.name);
  const outcome = isMicrobatch(node)
    ? await runBatchedWork(work, nodeRun, flags, onEvent)
    : { ...OK, ...(await runNode(nodeRun)) };
  return { ...outcome, relationName };
}

const OK = { status: 'success', failures: null } as const;
