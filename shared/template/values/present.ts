/**
 * The value, or what `otherwise` makes when there is none. Not the same as `??`: null is None, a value like any other.
 */
export function presentOr<T, R>(value: T | undefined, otherwise: () => R): T | R {
  return value === undefined ? otherwise() : value;
}
