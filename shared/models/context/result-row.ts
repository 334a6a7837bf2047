import { ResultSequence } from './result-sequence.ts';

/** One row: its values by number and by column; `row.name` finds what is no method of rows, as in the original. */
export class ResultRow extends ResultSequence {
  override readonly typeName = 'agate.Row';
}
