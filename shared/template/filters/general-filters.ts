import { expectCount, expectText } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import { getAttribute } from '../methods/get-attribute.ts';
import type { CallSite } from '../values/call-site.ts';
import { DictValue } from '../values/dict-value.ts';
import { presentOr } from '../values/present.ts';
import { toRepr, toText } from '../values/to-text.ts';
import { isTrue } from '../values/truth.ts';
import { typeName } from '../values/type-name.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';
import { filterTable } from './filter-table.ts';
import { toJson } from './to-json.ts';
import { wrapText } from './wrap-text.ts';

const bindDefault = parameters('default', 'default_value?', 'boolean?');
const bindAttr = parameters('attr', 'name');
const bindJson = parameters('tojson', 'indent?');
const bindWrap = parameters('wordwrap', 'width?', 'break_long_words?', 'wrapstring?', 'break_on_hyphens?');
const htmlUnsafe = new Map([
  ['<', '\\u003c'],
  ['>', '\\u003e'],
  ['&', '\\u0026'],
  ["'", '\\u0027'],
]);

function defaulted(value: Value, call: CallSite): Value {
  const [otherwise = '', isBoolean = false] = bindDefault(call);
  if (value instanceof UndefinedValue) return otherwise;
  return isTrue(isBoolean) && !isTrue(value) ? otherwise : value;
}

/** The attribute only, never the item of that name. */
function attr(value: Value, call: CallSite): Value {
  const name = toText(bindAttr(call)[0] ?? null, call.state.budget);
  if (value instanceof UndefinedValue) throw value.fault();
  const found =
    value instanceof DictValue
      ? getAttribute(new DictValue(), name, call.state)
      : getAttribute(value, name, call.state);
  return presentOr(found, () =>
    call.state.undefinedOf(() => `'${typeName(value)} object' has no attribute '${name}'`),
  );
}

/** Python's pformat sorts a dictionary's keys; breaking long lines is left out. */
function sortedKeys(value: Value): Value {
  if (!(value instanceof DictValue)) return value;
  const entries = [...value.entries()];
  if (!entries.every(([key]) => typeof key === 'string')) return value;
  return new DictValue(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}

/** Jinja's own: keys sorted, and safe inside a script element. */
function json(value: Value, call: CallSite): string {
  const [indent = null] = bindJson(call);
  const { budget } = call.state;
  const width =
    indent === null || typeof indent === 'string' ? 0 : Math.max(0, expectCount(indent, 'indent'));
  budget.text(width);
  const unit = indent === null ? undefined : typeof indent === 'string' ? indent : ' '.repeat(width);
  const text = toJson(value, { sortKeys: true, indent: unit }, budget);
  return text.replace(/[<>&']/g, (character) => htmlUnsafe.get(character) ?? character);
}

function wordWrap(value: Value, call: CallSite): string {
  const [width = 79n, breakLong = true, wrap = null, onHyphens = true] = bindWrap(call);
  const text = expectText(value, 'the text to wrap');
  call.state.budget.text(text.length);
  call.state.budget.step(text.length);
  const line = wrap === null ? '\n' : expectText(wrap, 'wrapstring');
  const options = {
    width: expectCount(width, 'width'),
    breakLong: isTrue(breakLong),
    onHyphens: isTrue(onHyphens),
  };
  const lines = wrapText(text, options);
  call.state.budget.text(lines.length * line.length);
  return lines.join(line);
}

export const generalFilters = filterTable({
  default: defaulted,
  d: defaulted,
  attr,
  tojson: json,
  pprint: (value, call) => toRepr(sortedKeys(value), call.state.budget),
  wordwrap: wordWrap,
});
