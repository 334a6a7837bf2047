/**
 * Why a value breaks its contract: the first failed check of the first failing field, in this order.
 * The set is closed; each code is produced alike by the row check (`check-row.ts`) and by the SQL predicate
 * of the bulk path (`shared/parquet/field-sql.ts`).
 */
export const REJECT_CODES = [
  /** NULL in a field that is not nullable. */
  'required',
  /** Not a value of the type in canonical text form, or one the type cannot hold exactly. */
  'type',
  'min',
  'max',
  'min-length',
  'max-length',
  'pattern',
  'one-of',
] as const;

export type RejectCode = (typeof REJECT_CODES)[number];
