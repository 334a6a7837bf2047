import { TemplateError } from '#shared/template/failures/template-error.ts';
import type { FilterFunction } from '#shared/template/values/call-site.ts';
import { toText } from '#shared/template/values/to-text.ts';

/** Marks what a filter turned into something other than text; no YAML file holds this character. */
const MARK = '\u0001';

const marking =
  (kind: string): FilterFunction =>
  (value, call) =>
    `${MARK}${kind}:${toText(value, call.state.budget)}`;

/** The filters that give a rendered YAML value another type than text, as in the original. */
export const asFilters: Readonly<Record<string, FilterFunction>> = {
  as_text: (value, call) => toText(value, call.state.budget),
  as_bool: marking('bool'),
  as_number: marking('number'),
  as_native: marking('native'),
};

/**
 * The value a marked text means; any other text as it is.
 *
 * @throws TemplateError when the text is no bool or number although it was said to be.
 */
export function filtered(text: string): unknown {
  if (!text.startsWith(MARK)) return text;
  const at = text.indexOf(':');
  const kind = text.slice(1, at);
  const written = text.slice(at + 1);
  const value = literal(written);
  if (kind === 'bool' && typeof value !== 'boolean')
    throw notA('as_bool: the value is neither True nor False');
  if (kind === 'number' && typeof value !== 'number') throw notA('as_number: the value is no number');
  return value;
}

/** Python literals that matter here: bools, None, numbers, quoted text; anything else is text. */
function literal(text: string): unknown {
  const trimmed = text.trim();
  if (/^true$/i.test(trimmed)) return true;
  if (/^false$/i.test(trimmed)) return false;
  if (trimmed === 'None') return null;
  if (/^[+-]?(\d[\d_]*)?\.?\d+([eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed.replaceAll('_', ''));
  const quoted = /^(['"])(.*)\1$/s.exec(trimmed);
  return quoted?.[2] ?? text;
}

const notA = (problem: string): TemplateError =>
  new TemplateError('value', problem, { file: '', line: 1, column: 1, lineText: '' });
