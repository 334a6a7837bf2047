import { describeFailure } from './describe-failure.ts';
import type { NodeOutcome } from './node-result.ts';

/** What running a node gave that threw: an error ends its node, not the invocation. */
export const errorOutcome = (error: unknown): NodeOutcome => ({
  ...{ status: 'error', message: describeFailure(error), failures: null },
  ...{ rowsAffected: null, compiledCode: null },
});
