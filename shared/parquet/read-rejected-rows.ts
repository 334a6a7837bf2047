import { PenstockError } from '#shared/errors/penstock-error.ts';
import { type ConversionPlan, conversionChecks, rejectedRowsSql } from './conversion-sql.ts';
import { parquetErrors } from './errors.ts';
import type { ParquetSession } from './parquet-engine.ts';
import type { RejectedRow } from './write-rejects-file.ts';

/** A rejected row, and its spool where the plan has several. */
export interface ReadReject extends RejectedRow {
  readonly spool: number | undefined;
}

/** Reads a text's rows that break the contract, with ordinals in the text. */
export async function* readRejectedRows(
  session: ParquetSession,
  plan: ConversionPlan,
  maxRowBytes: number,
): AsyncGenerator<ReadReject[]> {
  const checks = conversionChecks(plan);
  for await (const batch of session.batches(rejectedRowsSql(plan, maxRowBytes))) {
    yield batch.map((row) => {
      const {
        '#ordinal': ordinal,
        '#check': check,
        '#spool': spool,
        _cursor: cursor,
        ...fields
      } = row as Readonly<Record<string, string | null>> & { '#ordinal': bigint; '#check': number };
      const failed = checks[check];
      if (failed === undefined) throw new PenstockError(parquetErrors.rowsDiffer, { expected: 1, found: 0 });
      const { column, code } = failed;
      const id = spool === undefined || spool === null ? undefined : Number(spool);
      return { fields, cursor: cursor ?? null, ordinal, column, code, spool: id };
    });
  }
}
