import { notGood } from '../../../wasm/assembly/doubts';

/*
 * Values of canonical text (`shared/pipeline/contract-zod.ts` says what that is), which a projection has judged. What is none all the same
 * clears `isGood`.
 */

/** Of 64 bits; one digit more could come out as another value of theirs. */
const MOST_DIGITS = 19;

export function integerOf(from: i32, length: i32): i64 {
  const isNegative = load<u8>(from) === 0x2d;
  const digits = isNegative ? length - 1 : length;
  if (digits < 1 || digits > MOST_DIGITS) notGood();
  let value: i64 = 0;
  for (let at = from + (isNegative ? 1 : 0); at < from + length; at += 1) {
    const digit = <i64>load<u8>(at) - 0x30;
    if (<u64>digit > 9) notGood();
    // Downwards, because the least integer has no positive twin.
    value = value * 10 - digit;
  }
  if (value > 0) notGood();
  if (isNegative) return value;
  if (value === i64.MIN_VALUE) notGood();
  return -value;
}

/** Of `t`, `f`, `true` and `false`. */
export function booleanOf(from: i32, length: i32): bool {
  const isTrue = load<u8>(from) === 0x74;
  if (!isTrue && load<u8>(from) !== 0x66) notGood();
  if (length !== 1 && length !== (isTrue ? 4 : 5)) notGood();
  return isTrue;
}

export function int32Of(from: i32, length: i32): i32 {
  const value = integerOf(from, length);
  if (value < <i64>i32.MIN_VALUE || value > <i64>i32.MAX_VALUE) notGood();
  return <i32>value;
}
