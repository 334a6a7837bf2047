/** Weights of the two check digits, https://www.gov.br/receitafederal (módulo 11). */
const FIRST_WEIGHTS = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
const SECOND_WEIGHTS = [6, ...FIRST_WEIGHTS];

function checkDigit(digits: string, weights: readonly number[]): number {
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits[index]), 0);
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}

/**
 * Completes a company number.
 *
 * @param base 12 digits: root and branch.
 * @returns all 14 digits with valid check digits.
 */
export function withCheckDigits(base: string): string {
  const first = checkDigit(base, FIRST_WEIGHTS);
  return `${base}${first}${checkDigit(`${base}${first}`, SECOND_WEIGHTS)}`;
}
