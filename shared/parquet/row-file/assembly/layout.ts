/*
 * What both sides of the module know: it, which makes columns of lines, and the code around it, which makes a file of columns. All values
 * are 32 bits wide, little-endian, but where another width is said.
 */

/** Regions, which stand where they are told to. */
export const REGION_INPUT = 0; // lines of rows
export const REGION_CELLS = 1; // of each row its columns, the cursor and the spool
export const REGION_HASHES = 2; // of each row 32 hex digits
export const REGION_OUTPUT = 3; // one column
export const REGION_STAMPS = 4; // of each spool's number its slice and version
export const REGION_LANES = 5; // four texts to be hashed

/** Room behind the input and the output: 16 bytes are read and copied at once. */
export const BEHIND = 64;

/** A cell: where its text begins, and four times its length plus how it stands there. */
export const CELL_BYTES = 8;
export const CELL_NULL = 0;
export const CELL_BARE = 1;
export const CELL_QUOTED = 2;
export const CELL_DOUBLED = 3; // quoted, with quotes doubled within

/** A stamp: where slice and version of a spool's number stand, and how long they are; a slice at 0 is none. */
export const STAMP_SLICE = 0;
export const STAMP_SLICE_LENGTH = 4;
export const STAMP_VERSION = 8;
export const STAMP_VERSION_LENGTH = 12;
export const STAMP_BYTES = 16;

/** How a column's values are written. */
export const VALUE_TEXT = 0;
export const VALUE_INT32 = 1;
export const VALUE_INT64 = 2;
export const VALUE_BOOLEAN = 3;
export const VALUE_DATE = 4;
export const VALUE_TIME = 5; // without a zone
export const VALUE_INSTANT = 6;
/** By the code around, which is told the column. */
export const VALUE_FOREIGN = 7;

/** What of a value enters the row hash. */
export const HASH_AS_IT_IS = 0;
export const HASH_ESCAPED = 1; // separators in it escaped
export const HASH_FIRST_CHARACTER = 2;
export const HASH_FOREIGN = 3;

/** Of a value's hash text by the code around, at most so much. */
export const MOST_FOREIGN_HASH = 64;
