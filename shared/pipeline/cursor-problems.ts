import type { PostgresStreamDeclaration } from './declaration.ts';

type Declared = Pick<PostgresStreamDeclaration, 'cursor' | 'version'>;

/**
 * Says in words why a stream's cursor could skip rows; empty when it cannot. Declarations with problems are
 * refused by `planWindow` and listed by `checkSource`.
 *
 * - int64: a sequence hands out values that commit in another order, and no time bound says which are still to
 *   come. See `docs/decisions/0005-postgres-windows.md` for what would make it safe.
 * - a date set by the database is the session's `current_date`, in a zone the engine doesn't know.
 * - an application's cursor precedes its transaction by an unknown time, so windows must overlap; and it may stay
 *   while other columns change, so source and target are compared whole from time to time.
 */
export function cursorProblems({ cursor, version }: Declared): string[] {
  const problems: string[] = [];
  const application = cursor.setBy === 'application';
  if (cursor.type === 'int64') {
    problems.push('an int64 cursor may commit out of order and has no safe bound: use a timestamptz or date');
  }
  if (cursor.type === 'date' && !application) {
    problems.push("a date cursor must be declared setBy 'application' with a look-back of at least one day");
  }
  if (application && cursor.lookBackDays < 1) {
    problems.push('a cursor set by the application needs lookBackDays of at least 1');
  }
  if (application && cursor.fullCompareEveryDays === null) {
    problems.push('a cursor set by the application needs fullCompareEveryDays');
  }
  if (application && version !== 'ordinal') {
    problems.push("a cursor set by the application can go back, so version must be 'ordinal'");
  }
  return [...problems, ...numberProblems(cursor)];
}

function numberProblems(cursor: Declared['cursor']): string[] {
  const wrong = (value: number, least: number): boolean => !Number.isSafeInteger(value) || value < least;
  const problems: string[] = [];
  if (wrong(cursor.lookBackDays, 0)) problems.push('lookBackDays must be a whole number of days, 0 or more');
  if (wrong(cursor.maxFutureDays, 0))
    problems.push('maxFutureDays must be a whole number of days, 0 or more');
  if (cursor.fullCompareEveryDays !== null && wrong(cursor.fullCompareEveryDays, 1)) {
    problems.push('fullCompareEveryDays must be a whole number of days, 1 or more');
  }
  return problems;
}
