import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { StatementResult } from '../adapter/adapter.ts';
import {
  type CompileOptions,
  cteValue,
  modelNamed,
  openOperation,
  publishedResolution,
  scopeOfNode,
} from '../compile/compile-model.ts';
import { namesOf } from '../compile/context.ts';
import type { NodeScope } from '../compile/render-scope.ts';
import { withCtes } from '../compile/with-ctes.ts';
import { modelErrors } from '../errors.ts';
import { differenceOf } from './difference-of.ts';
import { type StandIns, standInsOf, type UnitTestRun } from './stand-ins.ts';
import { macroOverrides, withOverrides } from './with-overrides.ts';

/** What a unit test gave. */
export interface UnitTestOutcome {
  /** Rows that one side has and the other has not, as text for people; undefined when both are the same. */
  readonly difference: string | undefined;
  /** The model's SQL on the rows given. */
  readonly compiledCode: string;
  /** The query that set both sides beside one another. */
  readonly executedCode: string | null;
  readonly response: string;
}

/**
 * Runs a model's SQL on rows that the test's author wrote, and compares what it makes of them with what the author expects, as the
 * original (`task/test.py`, `materializations/tests/unit.sql`). Nothing is left in the warehouse.
 *
 * @throws TemplateError; PenstockError of the server, `UNIT_TEST_INPUT_UNKNOWN`.
 */
export async function runUnitTest(work: UnitTestRun): Promise<UnitTestOutcome> {
  const { test, connection, run } = work;
  const project = withOverrides(work.project, test.overrides);
  const standIns = await standInsOf({ ...work, project });
  const compiledCode = await compile({ ...work, project }, standIns);
  let main: StatementResult | undefined;
  let executedCode: string | null = null;
  const { library, target } = project.scope;
  const entry = library.materialization('unit', target.type, test.packageName);
  if (entry === undefined)
    throw new PenstockError(modelErrors.materializationUnknown, { model: test.name, materialized: 'unit' });
  const { scope } = openOperation(project, scopeOfTest(work), {
    ...{ run, ...publishedResolution, connection },
    extra: new Map<string, Value>([
      ['sql', compiledCode],
      ['compiled_code', compiledCode],
    ]),
    onResult: (name, result, sent) => {
      if (name === 'main') [main, executedCode] = [result, sent ?? null];
    },
  });
  await library.callEntry(entry, entry.name, [], new Map(), namesOf(scope));
  await connection.rollback();
  return {
    difference: main && differenceOf(main),
    compiledCode,
    executedCode,
    response: main?.message ?? 'OK',
  };
}

/** The model's SQL with the rows given before it. */
async function compile({ project, test, connection, run }: UnitTestRun, standIns: StandIns): Promise<string> {
  const { graph } = project;
  const model = modelNamed(project, test.model);
  const own = standIns.get('this');
  const namespaceOf = (name: string): Value | undefined =>
    project.scope.library.value(name, model.packageName, namesOf(operation.scope));
  const options: CompileOptions = {
    ...{ run, ...publishedResolution, connection },
    standInOf: (read) => standIns.get(read.uniqueId),
    extra: new Map<string, Value>([
      ...macroOverrides(test.overrides.macros, namespaceOf),
      ...(own === undefined ? [] : [['this', cteValue(own.name, graph.options.target)] as const]),
    ]),
  };
  const operation = openOperation(project, scopeOfNode(graph, model, model.relation), options);
  const sql = await operation.render(model.sql);
  return withCtes(sql.trim(), own === undefined ? [] : [own]);
}

/** The test as the materialisation sees it: what is expected is its configuration. */
function scopeOfTest({ project, test }: UnitTestRun): NodeScope {
  const { name, packageName, uniqueId, file, fqn, expect } = test;
  const expected = expect.format === 'sql' ? { expected_sql: expect.sql } : { expected_rows: expect.rows };
  return {
    ...{ name, packageName, uniqueId, file, fqn, version: undefined, originalFile: file },
    resourceType: 'unit_test',
    config: { ...test.config, materialized: 'unit', ...expected },
    relation: { schema: project.graph.options.target.schema, name },
  };
}
