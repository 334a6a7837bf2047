const surrogate = /[\ud800-\udfff]/;

/** True when one UTF-16 unit is one character all through, so plain indexing is right. */
export function isSimpleText(text: string): boolean {
  return !surrogate.test(text);
}

/** The characters of a text as Python counts them. */
export function codePoints(text: string): string[] {
  return isSimpleText(text) ? text.split('') : Array.from(text);
}

/** Python's len of a text. */
export function textLength(text: string): number {
  if (isSimpleText(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Turns an offset in UTF-16 units into one in characters. */
export function toCharacterIndex(text: string, unitIndex: number): number {
  return isSimpleText(text) ? unitIndex : textLength(text.slice(0, unitIndex));
}
