/**
 * Quotes texts in lines of rows that the engine writes itself, doubled within. A control character, because JSON is full of quotes and
 * holds none of these but escaped: doubling quotes cost 8 µs a row of 800 bytes when writing, and 5 µs when reading.
 */
export const LINE_QUOTE = '\u0001';

/** A text as it stands between two of them. */
export function doubled(text: string): string {
  return text.includes(LINE_QUOTE) ? text.replaceAll(LINE_QUOTE, LINE_QUOTE + LINE_QUOTE) : text;
}

/** The text that {@link doubled} was given. */
export const undoubled = (text: string): string => text.replaceAll(LINE_QUOTE + LINE_QUOTE, LINE_QUOTE);
