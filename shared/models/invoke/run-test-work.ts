import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { AdapterConnection, ResultValue } from '../adapter/adapter.ts';
import { compileTestRows, publishedResolution } from '../compile/compile-model.ts';
import { countingSql } from '../compile/render-test.ts';
import { type StoredFailures, storedFailuresOf } from '../execute/stored-failures.ts';
import type { TestNode } from '../project/project.ts';
import type { InvokeOptions } from './invocation.ts';
import { logOf } from './log-of.ts';
import type { NodeOutcome } from './node-result.ts';
import { treatmentOf, type WarningRules } from './warning-rules.ts';

/**
 * Runs a data test: counts its failing rows, and keeps them where that is asked for.
 *
 * @param keepsRows false inside of another's transaction, which keeping them would commit.
 * @throws TemplateError, PenstockError of the server.
 */
export async function runTestWork(
  { project, run, flags, onEvent, resolution = publishedResolution }: InvokeOptions,
  node: TestNode,
  connection: AdapterConnection,
  keepsRows = true,
): Promise<NodeOutcome> {
  const failing = await compileTestRows(project, node, {
    ...{ run, ...resolution, connection, onLog: logOf(onEvent, node.uniqueId) },
  });
  const stored = keepsRows && storedFailuresOf(project, node, flags.storeFailures);
  const sql = countingSql(node, stored ? await store(stored, failing, connection) : failing);
  const { rows, message: response } = await connection.execute(sql);
  const [failures, warns, errs] = rows[0] ?? [];
  const said = verdictOf(
    node,
    { failures: countOf(failures), warns: warns === true, errs: errs === true },
    flags.warnings,
  );
  return { ...said, rowsAffected: null, response, compiledCode: failing, executedCode: sql };
}

interface Counted {
  readonly failures: number;
  /** Whether the conditions `warn_if` and `error_if` hold. */
  readonly warns: boolean;
  readonly errs: boolean;
}

/** Status, message and count as the original's (`task/test.py`, `build_test_run_result`). */
function verdictOf(
  { config }: TestNode,
  { failures, warns, errs }: Counted,
  rules: WarningRules,
): Pick<NodeOutcome, 'status' | 'message' | 'failures'> {
  const got = `Got ${failures} result${failures === 1 ? '' : 's'}, configured to`;
  if (config.severity === 'error' && errs)
    return { status: 'fail', message: `${got} fail if ${config.errorIf}`, failures };
  if (!warns) return { status: 'pass', message: null, failures: 0 };
  return treatmentOf(rules, 'LogTestResult') === 'error'
    ? { status: 'fail', message: `${got} fail if ${config.warnIf}`, failures }
    : { status: 'warn', message: `${got} warn if ${config.warnIf}`, failures };
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
