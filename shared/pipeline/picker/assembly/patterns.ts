import { CONSUMER_PATTERN, PATTERN_ACCEPTS, PATTERN_CLASSES, PATTERN_SHIFT, PATTERN_STEPS } from './layout';

/** Whether a text of ASCII alone matches its consumer's pattern. */
export function matches(consumer: i32, from: i32, to: i32): bool {
  const table = load<i32>(consumer, CONSUMER_PATTERN);
  const shift = load<i32>(table, PATTERN_SHIFT);
  let state = 1;
  for (let at = from; at < to; at += 1) {
    const kind = <i32>load<u8>(table + <i32>load<u8>(at), PATTERN_CLASSES);
    state = <i32>load<u8>(table + (state << shift) + kind, PATTERN_STEPS);
    if (state === 0) return false;
  }
  return load<u8>(table + state, PATTERN_ACCEPTS) !== 0;
}
