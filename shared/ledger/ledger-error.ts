import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { constraintOf, sqlstateOf, toPostgresError } from '#shared/errors/postgres-error.ts';
import { ledgerErrors } from './errors.ts';

/** Like `toPostgresError`, and names the ledger's own rules: its triggers raise SQLSTATEs of class `PN`. */
export function toLedgerError(error: unknown): PenstockError {
  const sqlstate = sqlstateOf(error);
  if (error instanceof PenstockError || !sqlstate?.startsWith('PN')) return toPostgresError(error);
  const rule = constraintOf(error) ?? null;
  const facts: Facts = { sqlstate, constraint: rule };
  const isOpen = rule === 'runs_closed_without_open_tasks';
  return new PenstockError(isOpen ? ledgerErrors.runHasOpenTasks : ledgerErrors.illegalMove, facts);
}
