import pg from 'pg';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { sourceErrors } from './errors.ts';

/** Cancelled, timed out, shut down, too many connections, lock not available, snapshot or conflict trouble. */
const PASSING = /^(57|53|55P03|40|25P03|25P04|72)/;
/** Not there yet, starting up, wrong password while a secret rotates. */
const CONNECTING = /^(08|57P03|28)/;

/**
 * Turns what `pg` throws into an error of the catalogue.
 *
 * Only the SQLSTATE and names of objects are kept: the server's message, detail and context may quote values
 * of rows, and a cause would carry them into logs.
 */
export function toSourceError(error: unknown): PenstockError {
  if (error instanceof PenstockError) return error;
  if (error instanceof pg.DatabaseError) {
    const facts = {
      sqlstate: error.code ?? 'unknown',
      ...(error.table === undefined ? {} : { table: error.table }),
      ...(error.column === undefined ? {} : { column: error.column }),
    };
    if (CONNECTING.test(facts.sqlstate)) return new PenstockError(sourceErrors.unreachable, facts);
    if (PASSING.test(facts.sqlstate)) return new PenstockError(sourceErrors.interrupted, facts);
    return new PenstockError(sourceErrors.refused, facts);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'connection lost';
  return new PenstockError(sourceErrors.unreachable, { code });
}
