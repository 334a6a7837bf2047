import { isError } from '#shared/errors/penstock-error.ts';
import { postgresErrors } from '#shared/errors/postgres-error.ts';
import { type ClaimAnswer, type ClaimRequest, claimInOneStatement } from './claim-statement.ts';
import { Coalescer } from './coalescer.ts';
import { type FinishRequest, finishInOneStatement } from './finish-statement.ts';
import type { Queryable } from './queryable.ts';

const MAX_BATCH = 500;

/** Claims and endings of tasks, many to a statement. Every caller gets what it would have got alone. */
export class TaskBatcher {
  readonly #claims: Coalescer<ClaimRequest, ClaimAnswer>;
  readonly #endings: Coalescer<FinishRequest, boolean>;

  constructor(ledger: Queryable) {
    const isOneItemsFault = (error: unknown): boolean =>
      isError(error, postgresErrors.constraint) || isError(error, postgresErrors.data);
    this.#claims = new Coalescer({
      together: (requests) => claimInOneStatement(ledger, requests),
      keyOf: (request) => request.taskId,
      maxBatch: MAX_BATCH,
      isOneItemsFault,
    });
    this.#endings = new Coalescer({
      together: (requests) => finishInOneStatement(ledger, requests),
      keyOf: (request) => request.ref.taskId,
      maxBatch: MAX_BATCH,
      isOneItemsFault,
    });
  }

  /** @throws PenstockError POSTGRES_CONSTRAINT (`tasks_one_running_*`) when another task of the slice won the race. */
  claim(request: ClaimRequest): Promise<ClaimAnswer> {
    return this.#claims.add(request);
  }

  /** Answers false when the attempt is superseded. */
  finish(request: FinishRequest): Promise<boolean> {
    return this.#endings.add(request);
  }
}
