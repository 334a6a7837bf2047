import type { JsonObject } from '../json.ts';
import type { ActiveFaults } from '../scenario/active-faults.ts';
import { NAN_PLACE } from './items.ts';

/** A body as text, with the faults that lie in how values are written. */
export function bodyText(body: JsonObject, faults: ActiveFaults): string {
  const text = faults.has('numbers-as-strings') ? JSON.stringify(body, numberAsText) : JSON.stringify(body);
  return faults.has('nan') ? text.replaceAll(`"${NAN_PLACE}"`, 'NaN') : text;
}

const numberAsText = (_key: string, value: unknown): unknown =>
  typeof value === 'number' ? String(value) : value;

/**
 * Text that is no longer JSON: it ends in the middle, or a quote before a personal value is missing, which puts that value
 * into the words of most parsers' errors.
 */
export function damaged(text: string, faults: ActiveFaults): string {
  if (faults.has('truncated')) return text.slice(0, Math.ceil(text.length / 2));
  if (!faults.has('malformed')) return text;
  const middle = Math.floor(text.length / 2);
  const later = text.indexOf('"PII-', middle);
  const at = later >= 0 ? later : text.indexOf('"PII-');
  return at >= 0 ? `${text.slice(0, at)}${text.slice(at + 1)}` : `${text},`;
}
