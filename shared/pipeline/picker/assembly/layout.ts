/*
 * Where things stand in the picker's memory, for both sides: the module that reads answers, and the code around it that writes
 * programs and takes rows out. All values are 32 bits wide, little-endian, but where a double is said; offsets are in bytes.
 */

/** Regions of a page, which are as large as they are told to be. */
export const REGION_INPUT = 0;
export const REGION_CELLS = 1;
export const REGION_ELEMENTS = 2;
export const REGION_ROWS = 3;
export const REGION_CHECKS = 4;
export const REGION_UNKNOWN = 5;
export const REGION_OUTPUT = 6;
/** What is dropped at level 0; other levels follow. */
export const REGION_DROPS = 7;
export const MOST_LEVELS = 9;
/** Texts that were made of values: by the module, then by the code around it. */
export const REGION_READY = 16;
export const REGIONS = 17;

/** NULs behind the input, and room behind the output: 16 bytes are read and copied at once. */
export const BEHIND = 32;

/** A node: what is known of the objects at one path. */
export const NODE_HINT = 0; // the entry whose key comes first as a rule
export const NODE_LIST = 4; // the first of its entries
export const NODE_ID = 8; // -1 where other keys are not counted
export const NODE_BYTES = 12;

/** An entry: one key of a node. Its key follows, with its closing quote, NULs behind it to a multiple of 16. */
export const ENTRY_HINT = 0; // the entry whose key comes next as a rule
export const ENTRY_LIST = 4; // the next of its node
export const ENTRY_LENGTH = 8; // of the key
export const ENTRY_ACTION = 12;
export const ENTRY_ARGUMENT = 16;
export const ENTRY_CHILD = 20; // node below
export const ENTRY_STAMP = 24; // the last element it came in
export const ENTRY_KEY = 28;

/** What to do with a key's value. */
export const ACTION_SKIP = 0;
export const ACTION_DROP = 1; // argument: what stands for its counter
export const ACTION_VALUE = 2; // argument: its first consumer
export const ACTION_OBJECT = 3; // argument: its cell; child: its node
export const ACTION_ROWS = 4;

/** A consumer: one column, or leaf of one, that a value is for. */
export const CONSUMER_NEXT = 0;
export const CONSUMER_CELL = 4;
export const CONSUMER_LEAF = 8;
export const CONSUMER_ID = 12;
export const CONSUMER_REACH = 16; // of numbers
export const CONSUMER_KNOWN = 20; // texts that have passed lately, or 0
export const CONSUMER_MIN = 24; // double
export const CONSUMER_MAX = 32; // double
export const CONSUMER_PATTERN = 40; // table of what its texts must match, or 0
export const CONSUMER_QUOTED = 44; // whether what is made of its value stands in quotes
export const CONSUMER_BYTES = 48;

/** What is made of a value here; all else is for the code around. */
export const LEAF_OTHER = 0;
export const LEAF_NUMBER = 1;
export const LEAF_BOOLEAN = 2;
export const LEAF_TEXT = 3; // of which nothing is asked
export const LEAF_KNOWN_TEXT = 4; // good when it has passed lately
export const LEAF_PATTERN = 5; // text that matches a pattern
export const LEAF_DATE = 6;
export const LEAF_INSTANT = 7;

/** What numbers must be. */
export const REACH_ANY = 0;
export const REACH_INT64 = 1;
export const REACH_INT32 = 2;

/** A list of texts that have passed: places of 32 bytes, a length and up to 31 bytes. */
export const KNOWN_PLACES = 32;
export const KNOWN_BYTES = 32;
export const KNOWN_LONGEST = 31;

/**
 * A pattern, as an automaton: by each state and class of bytes the next state, 0 when there is none that leads to a match. It begins in
 * state 1.
 */
export const PATTERN_SHIFT = 0; // 1 << shift classes
export const PATTERN_CLASSES = 4; // a byte for each of ASCII
export const PATTERN_ACCEPTS = 132; // a byte for each state
export const PATTERN_STEPS = 388; // a byte for each state and class
export const PATTERN_STATES = 256;

/** A cell: where a consumer's value begins, and 16 times where it ends plus what kind of value it is. */
export const CELL_BYTES = 8;
export const KIND_ABSENT = 0;
export const KIND_NULL = 1;
export const KIND_OBJECT = 2; // one that was walked through
export const KIND_NUMBER = 3; // as it is written by whoever writes it shortest
export const KIND_TRUE = 4;
export const KIND_FALSE = 5;
export const KIND_ASCII = 6; // between its quotes
export const KIND_TEXT = 7; // between its quotes, more than ASCII
export const KIND_JSON = 8; // any other value, as it stands
export const KIND_READY = 9; // text to be copied as it is

/** An element of an array that leads to rows; at level 0 a row. */
export const ELEMENT_LEVEL = 0;
export const ELEMENT_PARENT = 4;
export const ELEMENT_CELLS = 8;
export const ELEMENT_START = 12;
export const ELEMENT_END = 16;
export const ELEMENT_DROPS_FROM = 20;
export const ELEMENT_DROPS_TO = 24;
export const ELEMENT_OUTER = 28; // the element of the outermost array it stands in
export const ELEMENT_DOUBT = 32; // of an outermost one: it is to be parsed instead
export const ELEMENT_NTH = 36;
export const ELEMENT_HAS_ROWS = 40;
export const ELEMENT_BYTES = 44;

/** A row: what is known of it beside its text, where its text begins, and where each segment of it ends; a multiple of 8 bytes. */
export const ROW_ELEMENT = 0;
export const ROW_ENTITY = 4; // where the text of its entity begins, behind all lines
export const ROW_EVENT = 8; // double: microseconds since 1970, NaN where there is no event's time
export const ROW_ENTITY_END = 16;
export const ROW_TEXT = 20;
export const ROW_ENDS = 24;

/** A value that the code around has to look at. */
export const CHECK_CONSUMER = 0;
export const CHECK_CELL = 4;
export const CHECK_ELEMENT = 8;
export const CHECK_BYTES = 12;

/** A key that no entry has. */
export const UNKNOWN_NODE = 0;
export const UNKNOWN_ELEMENT = 4;
export const UNKNOWN_START = 8; // of the key, behind its quote
export const UNKNOWN_END = 12; // before its closing quote
export const UNKNOWN_BYTES = 16;

/** A step of writing a row. */
export const COLUMN_STYLE = 0;
export const COLUMN_LEVEL = 4;
export const COLUMN_CELL = 8;
export const COLUMN_NULLABLE = 12;
export const COLUMN_MEMBERS = 16; // of a shape: the first
export const COLUMN_MEMBERS_END = 20;
export const COLUMN_BYTES = 24;

export const STYLE_BARE = 0;
export const STYLE_QUOTED = 1;
export const STYLE_BOOLEAN = 2;
export const STYLE_SHAPE = 3;
export const STYLE_SEGMENT = 4; // no column: a segment ends

/** A member of a shape: a leaf, or an object whose members follow. */
export const MEMBER_CELL = 0;
export const MEMBER_NAME = 4; // `,"name":`
export const MEMBER_NAME_LENGTH = 8;
export const MEMBER_NULLABLE = 12;
export const MEMBER_END = 16; // of an object: behind its last member; of a leaf 0
export const MEMBER_BYTES = 20;
