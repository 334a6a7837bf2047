import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { publishedResolution } from '../compile/compile-model.ts';
import type { RunScope } from '../compile/render-scope.ts';
import { modelErrors } from '../errors.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { ModelWarehouse } from '../model-warehouse.ts';
import { runTest, type TestResult } from './run-tests.ts';

export interface SourceTestRequest {
  readonly project: LoadedProject;
  readonly warehouse: ModelWarehouse;
  /** Name of the source, e.g. `landing`. */
  readonly source: string;
  readonly table: string;
  /** The run's hashed table. */
  readonly relation: RelationName;
  readonly run: RunScope;
  readonly signal?: AbortSignal;
  readonly onResult?: (result: TestResult) => void;
}

export interface SourceTestOutcome {
  /** True when no test of severity `error` failed: the merge may go on. */
  readonly passed: boolean;
  readonly results: readonly TestResult[];
}

/**
 * The gate before a bronze merge: the YAML tests of a source table, run on the hashed table.
 *
 * @throws PenstockError `MODEL_SOURCE_UNKNOWN`; retryable ones of the server.
 */
export async function runSourceTests(request: SourceTestRequest): Promise<SourceTestOutcome> {
  const { project, warehouse, relation, run, signal } = request;
  const name = `${request.source}.${request.table}`;
  if (!project.graph.sources.has(name)) throw new PenstockError(modelErrors.unknownSource, { source: name });
  const tests = project.graph.tests.filter(
    ({ subject }) => subject?.kind === 'source' && subject.name === name,
  );
  const options = {
    run,
    resolveRef: publishedResolution.resolveRef,
    resolveSource: (source: { name: string; relation: RelationName }) =>
      source.name === name ? relation : source.relation,
  };
  const results: TestResult[] = [];
  for (const test of tests) {
    const result = await runTest(project, test, options, (sql) => warehouse.runTest(sql, signal));
    results.push(result);
    request.onResult?.(result);
  }
  return { passed: results.every(({ blocking }) => !blocking), results };
}
