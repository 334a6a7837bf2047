import type { AdapterConnection } from '../adapter/adapter.ts';
import { quotedRelation } from '../artifacts/node-dictionary.ts';
import { compileModel, compileTest, publishedResolution } from '../compile/compile-model.ts';
import { runNode } from '../execute/run-node.ts';
import { describeFailure } from './describe-failure.ts';
import type { InvokeOptions } from './invocation.ts';
import { logOf } from './log-of.ts';
import type { NodeOutcome } from './node-result.ts';
import type { Work } from './work.ts';

/** Runs one node on a connection of its own. */
export async function runNodeWork(
  options: InvokeOptions,
  work: Work,
  signal: AbortSignal,
): Promise<NodeOutcome> {
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
type ModelWork = Exclude<Work, TestWork>;

async function compile(
  { project, run }: InvokeOptions,
  work: Work,
  connection: AdapterConnection,
): Promise<NodeOutcome> {
  const options = { run, ...publishedResolution, connection };
  const sql =
    work.kind === 'test'
      ? await compileTest(project, work.node, options)
      : (await compileModel(project, work.node.key, options)).sql;
  return { status: 'success', message: null, failures: null, rowsAffected: null, compiledCode: sql };
}

async function runTest(
  { project, run }: InvokeOptions,
  { node }: TestWork,
  connection: AdapterConnection,
): Promise<NodeOutcome> {
  const sql = await compileTest(project, node, { run, ...publishedResolution, connection });
  const { rows } = await connection.execute(sql);
  const [failures, warn, error] = rows[0] ?? [];
  const failed = error === true && node.config.severity === 'error';
  const status = failed ? 'fail' : warn === true || error === true ? 'warn' : 'pass';
  return { status, message: null, failures: Number(failures), rowsAffected: null, compiledCode: sql };
}

async function build(
  { project, run, flags, onEvent }: InvokeOptions,
  { node, id }: ModelWork,
  connection: AdapterConnection,
): Promise<NodeOutcome> {
  const { message, rowsAffected, compiledCode } = await runNode({
    ...publishedResolution,
    project,
    node,
    connection,
    run,
    fullRefresh: flags.fullRefresh,
    onLog: logOf(onEvent, id),
  });
  const { database } = project.graph.options.target;
  const relationName = quotedRelation(database, node.relation.schema, node.relation.name);
  return { status: 'success', message, failures: null, rowsAffected, compiledCode, relationName };
}
