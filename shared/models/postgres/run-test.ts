import type { TestNumbers, TestSql } from '../model-warehouse.ts';
import type { Session } from './session.ts';

/** Runs a test: counts only, no row ever leaves the server. */
export async function runTestOn(session: Session, test: TestSql): Promise<TestNumbers> {
  const result = await session.query<{
    failures: string | null;
    should_warn: boolean;
    should_error: boolean;
  }>(test.sql);
  const row = result.rows[0];
  return {
    failures: Number(row?.failures ?? 0),
    warn: row?.should_warn === true,
    error: row?.should_error === true,
  };
}
