import type { CliContext } from './context.ts';

/** Flag that every verb has. */
export interface OutputFlags {
  readonly json?: boolean;
}

/**
 * Prints a verb's result: one JSON document, or the text made for people.
 *
 * @param text called only when it is wanted.
 */
export function printResult(
  context: CliContext,
  flags: OutputFlags,
  result: unknown,
  text: () => string,
): void {
  context.write(flags.json === true ? `${toJson(result)}\n` : text());
}

/** JSON of a result; 64-bit integers become text, since JavaScript readers would round them. */
export function toJson(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item),
    2,
  );
}
