import { valueFault } from '../failures/template-fault.ts';
import { expectCount, expectText } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import type { CallSite } from '../values/call-site.ts';
import { ListValue } from '../values/list-value.ts';
import { isTrue } from '../values/truth.ts';
import { TupleValue } from '../values/tuple-value.ts';
import { lineEndPattern, wordsOf } from '../values/white-space.ts';
import { methodTable } from './method-table.ts';

const bindSplit = parameters('split', 'sep?', 'maxsplit?');
const bindLines = parameters('splitlines', 'keepends?');
const bindPartition = parameters('partition', 'sep');

function split(self: string, call: CallSite, fromRight: boolean): ListValue {
  const [sep = null, limit = -1n] = bindSplit(call);
  const count = expectCount(limit, 'maxsplit');
  const most = count < 0 ? Number.POSITIVE_INFINITY : count;
  const parts =
    sep === null
      ? splitBlanks(self, most, fromRight)
      : splitBy(self, expectText(sep, 'sep'), most, fromRight);
  call.state.budget.step(parts.length);
  return new ListValue(parts);
}

function splitBy(text: string, separator: string, most: number, fromRight: boolean): string[] {
  if (separator === '') throw valueFault('empty separator');
  const parts = text.split(separator);
  const extra = parts.length - 1 - most;
  if (extra <= 0) return parts;
  if (fromRight) return [parts.slice(0, extra + 1).join(separator), ...parts.slice(extra + 1)];
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
}

/** Without a separator, runs of white space separate and those at the ends do not count. */
function splitBlanks(text: string, most: number, fromRight: boolean): string[] {
  const words = wordsOf(text);
  const whole = words.map(({ word }) => word);
  if (words.length <= most) return whole;
  const extra = words.length - 1 - most;
  if (fromRight) {
    // What is left over keeps its inner and leading blanks; only those at its end go.
    const last = words[extra];
    const end = last === undefined ? 0 : last.index + last.word.length;
    return [text.slice(0, end), ...whole.slice(extra + 1)];
  }
  const first = words[most];
  return [...whole.slice(0, most), text.slice(first?.index ?? 0)];
}

function partition(self: string, call: CallSite, fromRight: boolean): TupleValue {
  const separator = expectText(bindPartition(call)[0] ?? null, 'sep');
  if (separator === '') throw valueFault('empty separator');
  const at = fromRight ? self.lastIndexOf(separator) : self.indexOf(separator);
  if (at === -1) return new TupleValue(fromRight ? ['', '', self] : [self, '', '']);
  return new TupleValue([self.slice(0, at), separator, self.slice(at + separator.length)]);
}

function splitLines(self: string, call: CallSite): ListValue {
  const keepEnds = isTrue(bindLines(call)[0] ?? false);
  const lines: string[] = [];
  let from = 0;
  for (const match of self.matchAll(lineEndPattern())) {
    const after = match.index + match[0].length;
    lines.push(self.slice(from, keepEnds ? after : match.index));
    from = after;
  }
  if (from < self.length) lines.push(self.slice(from));
  call.state.budget.step(lines.length);
  return new ListValue(lines);
}

export const textSplitMethods = methodTable<string>({
  split: (self, call) => split(self, call, false),
  rsplit: (self, call) => split(self, call, true),
  splitlines: splitLines,
  partition: (self, call) => partition(self, call, false),
  rpartition: (self, call) => partition(self, call, true),
});
