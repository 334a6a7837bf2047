import type { AdapterConnection } from '../adapter/adapter.ts';
import type { UnitTestNode } from '../project/other-resources.ts';
import { runUnitTest } from '../unit-tests/run-unit-test.ts';
import type { InvokeOptions } from './invocation.ts';
import type { NodeOutcome } from './node-result.ts';

/** Runs a unit test: it fails when the model makes other rows than expected. @throws TemplateError, PenstockError of the server. */
export async function runUnitTestWork(
  { project, run, resolution }: InvokeOptions,
  test: UnitTestNode,
  connection: AdapterConnection,
): Promise<NodeOutcome> {
  const outcome = await runUnitTest({
    ...{ project, test, connection, run },
    ...(resolution === undefined ? {} : { resolution }),
  });
  const { difference, compiledCode, executedCode, response } = outcome;
  return {
    status: difference === undefined ? 'pass' : 'fail',
    message: difference ?? null,
    failures: difference === undefined ? 0 : 1,
    rowsAffected: null,
    ...{ compiledCode, executedCode, response },
  };
}
