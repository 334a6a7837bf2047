import { typeFault, valueFault } from '../failures/template-fault.ts';
import { expectText } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import { getPairs } from '../methods/get-pairs.ts';
import type { CallSite } from '../values/call-site.ts';
import { DictValue } from '../values/dict-value.ts';
import { toText } from '../values/to-text.ts';
import { isTrue } from '../values/truth.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';
import { filterTable } from './filter-table.ts';

const bindAttributes = parameters('xmlattr', 'autospace?');
const entities = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ["'", '&#39;'],
  ['"', '&#34;'],
]);
const named = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', '\u00a0'],
]);

/** Escapes what HTML would read as markup. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>'"]/g, (character) => entities.get(character) ?? character);
}

function escapeText(value: Value, call: CallSite): string {
  const text = toText(value, call.state.budget);
  call.state.budget.text(text.length * 5);
  return escapeMarkup(text);
}

/** Removes comments and tags, resolves entities, and makes each run of white space one blank. */
function stripTags(value: Value, call: CallSite): string {
  const text = toText(value, call.state.budget);
  call.state.budget.text(text.length);
  const bare = removeBetween(removeBetween(text, '<!--', '-->'), '<', '>');
  return bare
    .trim()
    .split(/\s+/)
    .join(' ')
    .replace(/&(#x?[\da-fA-F]+|\w+);/g, (whole, name: string) => resolveEntity(name) ?? whole);
}

/** Without a pattern, whose backtracking could take quadratic time. */
function removeBetween(text: string, open: string, close: string): string {
  let out = '';
  let from = 0;
  for (;;) {
    const start = text.indexOf(open, from);
    const end = start === -1 ? -1 : text.indexOf(close, start);
    if (end === -1) return out + text.slice(from);
    out += text.slice(from, start);
    from = end + close.length;
  }
}

function resolveEntity(name: string): string | undefined {
  if (!name.startsWith('#')) return named.get(name);
  const code = /^#[xX]/.test(name) ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
}

function xmlAttributes(value: Value, call: CallSite): string {
  const [autoSpace = true] = bindAttributes(call);
  if (!(value instanceof DictValue)) throw typeFault('xmlattr needs a dictionary');
  const parts: string[] = [];
  for (const [key, item] of getPairs(value, call)) {
    if (item === null || item instanceof UndefinedValue) continue;
    const name = expectText(key, 'an attribute name');
    if (/[\s/>=]/.test(name)) throw valueFault('Invalid character in attribute name');
    parts.push(`${escapeMarkup(name)}="${escapeText(item, call)}"`);
  }
  const attributes = parts.join(' ');
  return isTrue(autoSpace) && attributes !== '' ? ` ${attributes}` : attributes;
}

export const markupFilters = filterTable({
  e: escapeText,
  escape: escapeText,
  forceescape: escapeText,
  striptags: stripTags,
  xmlattr: xmlAttributes,
});
