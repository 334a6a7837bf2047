import type { AdapterConnection } from '../adapter/adapter.ts';
import { printedRelation } from '../artifacts/node-dictionary.ts';
import { compileSql, compileTest, publishedResolution } from '../compile/compile-model.ts';
import { storedName } from '../compile/stored-name.ts';
import { isMicrobatch } from '../execute/run-batches.ts';
import { runNode } from '../execute/run-node.ts';
import type { AuditedRun } from './audit/audited-run.ts';
import { errorOutcome } from './error-outcome.ts';
import type { InvokeOptions } from './invocation.ts';
import { limitOf } from './limit-reads.ts';
import { logOf } from './log-of.ts';
import type { NodeOutcome } from './node-result.ts';
import { runBatchedWork } from './run-batched-work.ts';
import { runTestWork } from './run-test-work.ts';
import { runUnitTestWork } from './run-unit-test-work.ts';
import type { BuiltWork, TestWork, Work } from './work.ts';

/** An exposure stands for who reads its models: it is reported, and nothing is run. */
const NOTHING: NodeOutcome = {
  status: 'no-op',
  message: null,
  failures: null,
  rowsAffected: null,
  compiledCode: null,
};

/** What running a node needs; `audited` while what is built is not public yet. */
export interface RunOptions extends InvokeOptions {
  readonly audited?: Pick<AuditedRun, 'waysOf' | 'hasBuilt' | 'knownOf' | 'publish'>;
}

/** Runs one node on a connection of its own. */
export async function runNodeWork(
  options: RunOptions,
  work: Work,
  signal: AbortSignal,
): Promise<NodeOutcome> {
  if (work.kind === 'exposure') return NOTHING;
  const connection = await options.adapter.connect(work.id, signal);
  try {
    if (work.kind === 'unit_test') return await runUnitTestWork(options, work.node, connection);
    if (options.command === 'compile') return await compile(options, work, connection);
    return work.kind === 'test'
      ? await runTestWork(options, work.node, connection)
      : await build(options, work, connection);
  } catch (error) {
    return errorOutcome(error);
  } finally {
    await connection.release();
  }
}

async function compile(
  { project, run, resolution = publishedResolution }: InvokeOptions,
  work: TestWork | BuiltWork,
  connection: AdapterConnection,
): Promise<NodeOutcome> {
  const options = { run, ...resolution, connection };
  const sql =
    work.kind === 'test'
      ? await compileTest(project, work.node, options)
      : await compileSql(project, work.node.key, options);
  return { status: 'success', message: null, failures: null, rowsAffected: null, compiledCode: sql };
}

async function build(
  options: RunOptions,
  work: BuiltWork,
  connection: AdapterConnection,
): Promise<NodeOutcome> {
  const {
    project,
    run,
    flags,
    onEvent,
    command,
    others,
    audited,
    resolution = publishedResolution,
  } = options;
  const { node, id } = work;
  const onLog = logOf(onEvent, id, flags.warnings);
  const nodeRun = {
    ...resolution,
    ...{ project, node, connection, run, onLog, fullRefresh: flags.fullRefresh },
    ...limitOf(flags, run.runStartedAt),
    ...audited?.waysOf(work),
  };
  const { schema, name: identifier } = storedName(node.relation, project.graph.options.target);
  await connection.takeTurn({ database: null, schema, identifier });
  const relationName = printedRelation(project.graph.options.target, node.relation);
  if (command === 'clone') {
    const { compiledCode: _, ...cloned } = await runNode({ ...nodeRun, clone: { from: others?.get(id) } });
    return { ...OK, ...cloned, compiledCode: null, relationName };
  }
  const outcome = isMicrobatch(node)
    ? await runBatchedWork(work, nodeRun, flags, onEvent)
    : { ...OK, ...(await runNode(nodeRun)) };
  audited?.hasBuilt(work, outcome);
  return { ...outcome, relationName };
}

const OK = { status: 'success', failures: null } as const;
