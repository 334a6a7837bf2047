import type { PlannedModel } from '../plan/plan-build.ts';
import type { UnitTestNode } from '../project/other-resources.ts';
import type { ModelNode } from '../project/project.ts';
import { isVerdict } from '../tests/is-verdict.ts';
import type { TestResult } from '../tests/run-tests.ts';
import { runUnitTest } from '../unit-tests/run-unit-test.ts';
import { type Building, compileOptions } from './build-model.ts';
import { whileConnected } from './while-connected.ts';

/** What makes the same SQL of the same rows: a model built for these reasons has been tested already. */
const TESTED_BEFORE: readonly PlannedModel['reason'][] = ['input changed', 'as_of changed', 'no changes'];

/**
 * Runs the unit tests of a model whose SQL is new, before anything of it is built; results go into the progress, and one that fails blocks
 * the model. Where the request has no adapter there is no way to run them, and none are.
 *
 * @returns whether the model may be built.
 */
export async function passesUnitTests(
  building: Building,
  model: ModelNode,
  reason: PlannedModel['reason'],
): Promise<boolean> {
  const { request, progress } = building;
  if (TESTED_BEFORE.includes(reason)) return true;
  for (const test of request.project.graph.unitTests) {
    if (test.model !== model.key) continue;
    const result = await runOne(building, model, test);
    if (result === undefined) continue;
    progress.judge([model.name], result);
    request.onEvent?.({ kind: 'test-finished', models: [model.name], result });
  }
  return !progress.interruption && progress.testsOf(model.name).every(({ blocking }) => !blocking);
}

/** Undefined without an adapter, and when the server was lost, which interrupts the build: nothing is known of the test then. */
async function runOne(
  building: Building,
  model: ModelNode,
  test: UnitTestNode,
): Promise<TestResult | undefined> {
  const { request, run, progress } = building;
  const started = performance.now();
  const { name, file, line } = test;
  const result = (status: 'pass' | 'fail' | 'error', error = ''): TestResult => ({
    ...{ name, test: 'unit_test', column: null, status, blocking: status !== 'pass', error, file, line },
    failures: status === 'pass' ? 0 : 1,
    ms: Math.round(performance.now() - started),
  });
  try {
    return await whileConnected(request, name, async ({ connection }) => {
      if (connection === undefined) return undefined;
      const resolution = compileOptions(building, model.name);
      const { difference } = await runUnitTest({
        ...{ project: request.project, test, connection, run, resolution },
      });
      return result(difference === undefined ? 'pass' : 'fail');
    });
  } catch (error) {
    if (isVerdict(error)) return result('error', error.message);
    progress.interruption ??= error;
    return undefined;
  }
}
