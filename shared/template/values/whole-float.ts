/**
 * A float without a fraction as data of the host, where a plain `1` would count as an integer: `fromHost` makes `1.0` of it. It is
 * boxed, because JavaScript has one type for both; JSON and structured clones take it as they take the number.
 */
export const wholeFloat = (value: number): object => Object(value) as object;

/** The number that {@link wholeFloat} boxed; undefined for anything else. */
export const floatIn = (data: unknown): number | undefined =>
  data instanceof Number ? data.valueOf() : undefined;
