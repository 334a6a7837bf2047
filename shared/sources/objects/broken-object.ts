/** Why an object is given up. Stable; stands in the ledger as reason. */
export type ObjectProblem =
  /** The key's ending names no format. */
  | 'format-unknown'
  /** Stored bytes beyond `maxObjectBytes`. */
  | 'too-large'
  /** Inflated bytes beyond `maxObjectBytes`. */
  | 'inflates-too-large'
  /** One row beyond what fits into memory. */
  | 'row-too-long'
  | 'not-gzip'
  /** Ends in the middle of a row or of the compressed data. */
  | 'truncated'
  | 'not-utf8'
  | 'not-json'
  | 'too-deep'
  /** JSON without an array to take rows from. */
  | 'no-array'
  /** JSON with more than one array to take rows from. */
  | 'several-arrays'
  /** Empty or repeated names in the header of a CSV. */
  | 'csv-header'
  /** A quote where none may be. */
  | 'csv-quote'
  /** A row of more or fewer fields than the header. */
  | 'csv-width'
  | 'not-parquet'
  | 'parquet-corrupt'
  /** In an archive class of the store: to be restored before it can be read. */
  | 'archived';

/** Thrown by readers, which know neither bucket nor key; `readObject` makes an OBJECT_BROKEN of it. Never holds content. */
export class BrokenObject extends Error {
  readonly problem: ObjectProblem;
  /** Of the row, from 1, where there is one: lines of NDJSON, records of CSV after the header, elements of JSON. */
  readonly row: number | undefined;

  constructor(problem: ObjectProblem, row?: number) {
    super(problem);
    this.name = 'BrokenObject';
    this.problem = problem;
    this.row = row;
  }
}
