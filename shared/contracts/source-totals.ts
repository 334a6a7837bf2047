/**
 * What a slice held at its source when the whole of it was read, for comparison with bronze. Numbers are exact decimal
 * text; sums are by field of the contract, null when every value is NULL.
 */
export interface SourceTotals {
  /** Exclusive end of what was read, in cursor units; null is open. */
  readonly below: string | null;
  readonly rows: string;
  readonly sums: Readonly<Record<string, string | null>>;
}
