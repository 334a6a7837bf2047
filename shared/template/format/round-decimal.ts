import { signedExponent } from '../values/float-text.ts';

/** JavaScript writes no more decimals than this, and no float needs more to tell a tie. */
const mostDecimals = 100;

/**
 * Writes a finite float with this many decimals, rounding the exact value half to even, as C and Python do.
 * JavaScript rounds exact halves up.
 */
export function fixedText(value: number, decimals: number): string {
  if (Math.abs(value) >= 1e21) return wholeText(value, decimals);
  if (decimals > mostDecimals) return fixedText(value, mostDecimals) + '0'.repeat(decimals - mostDecimals);
  const rounded = value.toFixed(decimals);
  if (!isTie(value, decimals)) return rounded;
  const lastDigit = Number(rounded.at(-1));
  // A tie that JavaScript rounded away from zero to an odd digit belongs one lower.
  return lastDigit % 2 === 0 ? rounded : truncated(value, decimals);
}

function wholeText(value: number, decimals: number): string {
  return BigInt(value).toString() + (decimals > 0 ? `.${'0'.repeat(decimals)}` : '');
}

/** A tie is a float whose decimals end in a single 5 one place further. */
function isTie(value: number, decimals: number): boolean {
  if (decimals >= mostDecimals) return false;
  const fraction = value.toFixed(mostDecimals).split('.')[1] ?? '';
  return /^50*$/.test(fraction.slice(decimals));
}

function truncated(value: number, decimals: number): string {
  const exact = value.toFixed(mostDecimals);
  const point = exact.indexOf('.');
  return decimals === 0 ? exact.slice(0, point) : exact.slice(0, point + 1 + decimals);
}

/** Writes a finite float as `d.ddde+dd`. */
export function exponentText(value: number, decimals: number): string {
  const shown = Math.min(decimals, mostDecimals);
  const [mantissa = '', exponent = '0'] = evenExponential(value, shown).split('e');
  const zeros = '0'.repeat(decimals - shown);
  return `${mantissa}${zeros}e${signedExponent(Number(exponent))}`;
}

function evenExponential(value: number, decimals: number): string {
  const rounded = value.toExponential(decimals);
  if (decimals >= mostDecimals - 1) return rounded;
  const [digits = ''] = value.toExponential(mostDecimals).split('e');
  const fraction = digits.split('.')[1] ?? '';
  const [mantissa = '', exponent] = rounded.split('e');
  if (!/^50*$/.test(fraction.slice(decimals)) || Number(mantissa.at(-1)) % 2 === 0) return rounded;
  const cut =
    decimals === 0 ? (digits.split('.')[0] ?? '') : digits.slice(0, digits.indexOf('.') + 1 + decimals);
  return `${cut}e${exponent}`;
}

/**
 * Writes a finite float in the general form: `precision` digits, an exponent when it is shorter.
 *
 * @param keepZeros as `#` asks for.
 */
export function generalText(value: number, precision: number, keepZeros: boolean): string {
  const digits = precision === 0 ? 1 : precision;
  const scientific = exponentText(value, digits - 1);
  const exponent = Number(scientific.slice(scientific.indexOf('e') + 1));
  const text = exponent < -4 || exponent >= digits ? scientific : fixedText(value, digits - 1 - exponent);
  return keepZeros ? text : withoutZeros(text);
}

function withoutZeros(text: string): string {
  const [mantissa = '', exponent] = text.split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  return exponent === undefined ? short : `${short}e${exponent}`;
}
