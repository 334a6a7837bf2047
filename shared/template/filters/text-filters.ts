import { typeFault, valueFault } from '../failures/template-fault.ts';
import { formatPercent } from '../format/percent-format.ts';
import { expectCount, expectText } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import { replaceText } from '../methods/replace-text.ts';
import { capitalize } from '../methods/text-case.ts';
import { pad } from '../methods/text-pad.ts';
import { strip } from '../methods/text-strip.ts';
import type { CallSite } from '../values/call-site.ts';
import { codePoints } from '../values/code-points.ts';
import { DictValue } from '../values/dict-value.ts';
import { lengthOf } from '../values/length.ts';
import { toText } from '../values/to-text.ts';
import { isTrue } from '../values/truth.ts';
import { TupleValue } from '../values/tuple-value.ts';
import type { Value } from '../values/value.ts';
import { linesOf } from '../values/white-space.ts';
import { filterTable } from './filter-table.ts';

const bindReplace = parameters('replace', 'old', 'new', 'count?');
const bindTrim = parameters('trim', 'chars?');
const bindCenter = parameters('center', 'width?');
const bindTruncate = parameters('truncate', 'length?', 'killwords?', 'end?', 'leeway?');
const bindIndent = parameters('indent', 'width?', 'first?', 'blank?');
const defaultLeeway = 5n;
const wordStart = /([-\s({[<]+)/;

function text(value: Value, call: CallSite): string {
  const read = toText(value, call.state.budget);
  call.state.budget.text(read.length);
  return read;
}

function title(value: string): string {
  const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase();
  return value.split(wordStart).map(capitalized).join('');
}

function replace(value: Value, call: CallSite): string {
  const [old = '', replacement = '', count = null] = bindReplace(call);
  const times = count === null ? -1 : expectCount(count, 'count');
  return replaceText(text(value, call), text(old, call), text(replacement, call), times, call.state.budget);
}

function truncate(value: Value, call: CallSite): Value {
  const [length = 255n, killWords = false, end = '...', leeway = null] = bindTruncate(call);
  const most = expectCount(length, 'length');
  const mark = expectText(end, 'end');
  const tolerance = expectCount(leeway ?? defaultLeeway, 'leeway');
  if (most < mark.length) throw valueFault(`expected length >= ${mark.length}`);
  if (tolerance < 0) throw valueFault('expected leeway >= 0');
  if (typeof value !== 'string') {
    if (lengthOf(value) <= BigInt(most + tolerance)) return value;
    throw typeFault('truncate needs a string');
  }
  const whole = text(value, call);
  const characters = codePoints(whole);
  if (characters.length <= most + tolerance) return whole;
  const cut = characters.slice(0, most - mark.length).join('');
  const blank = cut.lastIndexOf(' ');
  return (isTrue(killWords) || blank === -1 ? cut : cut.slice(0, blank)) + mark;
}

function indent(value: Value, call: CallSite): string {
  const [width = 4n, first = false, blank = false] = bindIndent(call);
  const { budget } = call.state;
  const size = typeof width === 'string' ? width.length : expectCount(width, 'width');
  if (typeof value !== 'string') throw typeFault('indent needs a string');
  const lines = linesOf(`${value}\n`);
  budget.text(value.length + Math.max(0, size) * lines.length);
  const indention = typeof width === 'string' ? width : ' '.repeat(Math.max(0, size));
  const indented = lines.map((line, index) =>
    index > 0 && (line !== '' || isTrue(blank)) ? indention + line : line,
  );
  return (isTrue(first) ? indention : '') + indented.join('\n');
}

function format(value: Value, call: CallSite): string {
  if (call.args.length > 0 && call.kwargs.size > 0) {
    throw typeFault("can't handle positional and keyword arguments at the same time");
  }
  const values = call.kwargs.size > 0 ? new DictValue(call.kwargs) : new TupleValue(call.args);
  return formatPercent(text(value, call), values, call.state.budget);
}

export const textFilters = filterTable({
  upper: (value, call) => text(value, call).toUpperCase(),
  lower: (value, call) => text(value, call).toLowerCase(),
  capitalize: (value, call) => capitalize(text(value, call)),
  title: (value, call) => title(text(value, call)),
  string: (value, call) => text(value, call),
  safe: (value, call) => text(value, call),
  trim: (value, call) => {
    const [chars = null] = bindTrim(call);
    return strip(text(value, call), chars === null ? null : expectText(chars, 'chars'), true, true);
  },
  center: (value, call) => {
    const width = expectCount(bindCenter(call)[0] ?? 80n, 'width');
    return pad(text(value, call), width, ' ', 'both', call.state.budget);
  },
  wordcount: (value, call) => BigInt(text(value, call).match(/[\p{L}\p{N}\p{M}_]+/gu)?.length ?? 0),
  replace,
  truncate,
  indent,
  format,
});
