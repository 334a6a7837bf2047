/** Problems of numbers that must be above zero. @param whole names of those that must also be whole. */
export function positiveProblems(
  numbers: Readonly<Record<string, number>>,
  whole: readonly string[],
): string[] {
  return Object.entries(numbers)
    .filter(
      ([name, value]) =>
        !(value > 0 && Number.isFinite(value)) || (whole.includes(name) && !Number.isInteger(value)),
    )
    .map(([name]) => `${name} must be ${whole.includes(name) ? 'a whole number ' : ''}above 0`);
}

/** Problems of shares, 0 to 1. */
export function ratioProblems(ratios: Readonly<Record<string, number>>): string[] {
  return Object.entries(ratios)
    .filter(([, value]) => !(value >= 0 && value <= 1))
    .map(([name]) => `${name} must lie between 0 and 1`);
}

/** Problems of numbers of days. */
export function dayProblems(days: Readonly<Record<string, number>>): string[] {
  return Object.entries(days)
    .filter(([, value]) => !Number.isSafeInteger(value) || value < 0)
    .map(([name]) => `${name} must be a whole number of days, 0 or more`);
}
