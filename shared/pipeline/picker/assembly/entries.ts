import { ENTRY_HINT, ENTRY_KEY, ENTRY_LENGTH, ENTRY_LIST, NODE_LIST } from './layout';

/** Keys that may be absent before the others are looked up one by one. */
const LOOK_AHEAD = 4;

/** The entry of the key that stands there, 0 when there is none. */
export function entryAt(node: i32, hint: i32, at: i32): i32 {
  const expected = load<i32>(hint);
  return expected !== 0 && isKeyAt(expected, at) ? expected : otherEntryAt(node, hint, at);
}

function otherEntryAt(node: i32, hint: i32, at: i32): i32 {
  let entry = load<i32>(hint);
  for (let i = 0; i < LOOK_AHEAD && entry !== 0; i += 1) {
    entry = load<i32>(entry, ENTRY_HINT);
    if (entry !== 0 && isKeyAt(entry, at)) return entry;
  }
  entry = load<i32>(node, NODE_LIST);
  while (entry !== 0) {
    if (isKeyAt(entry, at)) {
      store<i32>(hint, entry);
      return entry;
    }
    entry = load<i32>(entry, ENTRY_LIST);
  }
  return 0;
}

function isKeyAt(entry: i32, at: i32): bool {
  const length = load<i32>(entry, ENTRY_LENGTH);
  for (let i = 0; i < length; i += 16) {
    const differs = i8x16.bitmask(i8x16.ne(v128.load(entry + i, ENTRY_KEY), v128.load(at + i)));
    const left = length - i;
    if ((left >= 16 ? differs : differs & ((1 << left) - 1)) !== 0) return false;
  }
  return true;
}
