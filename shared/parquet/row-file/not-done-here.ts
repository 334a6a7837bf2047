/**
 * Why a file has to be written the other way, whatever is stored: a column's type is not written here; more slices than stamps have room for;
 * a line longer than the text of a row group; a text that is no value of its type; a flaw of the module.
 */
export type OtherWay = 'column_type' | 'many_slices' | 'long_line' | 'no_value' | 'module_fault';

/** A file cannot be written this way; it has to be written the other way. Says why without any value. */
export class NotDoneHere extends Error {
  readonly why: OtherWay;

  constructor(why: OtherWay) {
    super(why);
    this.why = why;
  }
}
