import { CONSUMER_KNOWN, KNOWN_BYTES, KNOWN_LONGEST, KNOWN_PLACES } from './layout';

/** Where a text would stand: by its length, its last bytes and one in its middle. */
function placeOf(known: i32, from: i32, length: i32): i32 {
  const last = load<u8>(from + length - 1) | ((<u32>load<u8>(from + (length >> 1))) << 8);
  const hash = (last * 31 + length * 7) ^ (last >> 3);
  return known + (hash & (KNOWN_PLACES - 1)) * KNOWN_BYTES;
}

/** Whether the same text has passed a consumer's checks lately. */
export function isKnown(consumer: i32, from: i32, to: i32): bool {
  const known = load<i32>(consumer, CONSUMER_KNOWN);
  const length = to - from;
  if (known === 0 || length === 0 || length > KNOWN_LONGEST) return false;
  const place = placeOf(known, from, length);
  return load<u8>(place) === length && memory.compare(place + 1, from, length) === 0;
}

/** Remembers one that has. */
export function remember(consumer: i32, from: i32, to: i32): void {
  const known = load<i32>(consumer, CONSUMER_KNOWN);
  const length = to - from;
  if (known === 0 || length === 0 || length > KNOWN_LONGEST) return;
  const place = placeOf(known, from, length);
  store<u8>(place, length);
  memory.copy(place + 1, from, length);
}
