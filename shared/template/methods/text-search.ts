import { typeFault, valueFault } from '../failures/template-fault.ts';
import { expectCount, expectText } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import type { CallSite } from '../values/call-site.ts';
import { codePoints, isSimpleText, textLength, toCharacterIndex } from '../values/code-points.ts';
import { itemsOf } from '../values/iterate.ts';
import { TupleValue } from '../values/tuple-value.ts';
import { typeName } from '../values/type-name.ts';
import type { Value } from '../values/value.ts';
import { methodTable } from './method-table.ts';
import { replaceText } from './replace-text.ts';

const bindFind = parameters('find', 'sub', 'start?', 'end?');
const bindReplace = parameters('replace', 'old', 'new', 'count?');
const bindJoin = parameters('join', 'iterable');
const bindAffix = parameters('startswith', 'prefix', 'start?', 'end?');

/** The part of the text a search is limited to, and how many characters come before it. */
interface Region {
  readonly text: string;
  readonly from: number;
  /** False when the start lies past the end, where not even an empty text is found. */
  readonly isInside: boolean;
}

function regionOf(self: string, start: Value | undefined, end: Value | undefined): Region {
  if ((start ?? null) === null && (end ?? null) === null) return { text: self, from: 0, isInside: true };
  const length = textLength(self);
  const bound = (value: Value | undefined, otherwise: number): number => {
    if (value === undefined || value === null) return otherwise;
    const index = expectCount(value, 'slice index');
    return index < 0 ? Math.max(0, index + length) : index;
  };
  const from = bound(start, 0);
  const to = Math.min(bound(end, length), length);
  const text = isSimpleText(self) ? self.slice(from, to) : codePoints(self).slice(from, to).join('');
  return { text, from, isInside: from <= length && from <= to };
}

function find(self: string, call: CallSite, fromRight: boolean): number {
  const [sub = null, start, end] = bindFind(call);
  const region = regionOf(self, start, end);
  const wanted = expectText(sub, 'the argument of a search');
  const at = fromRight ? region.text.lastIndexOf(wanted) : region.text.indexOf(wanted);
  return at === -1 || !region.isInside ? -1 : toCharacterIndex(region.text, at) + region.from;
}

function findOrFail(self: string, call: CallSite, fromRight: boolean): bigint {
  const at = find(self, call, fromRight);
  if (at === -1) throw valueFault('substring not found');
  return BigInt(at);
}

function count(self: string, call: CallSite): bigint {
  const [sub = null, start, end] = bindFind(call);
  const { text, isInside } = regionOf(self, start, end);
  const wanted = expectText(sub, 'the argument of count');
  if (!isInside) return 0n;
  if (wanted === '') return BigInt(textLength(text) + 1);
  let found = 0n;
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length)) found += 1n;
  return found;
}

function hasAffix(self: string, call: CallSite, has: (text: string, affix: string) => boolean): boolean {
  const [affix = null, start, end] = bindAffix(call);
  const { text, isInside } = regionOf(self, start, end);
  const affixes = affix instanceof TupleValue ? affix.items : [affix];
  return isInside && affixes.some((one) => has(text, expectText(one, 'the first argument')));
}

export const textSearchMethods = methodTable<string>({
  find: (self, call) => BigInt(find(self, call, false)),
  rfind: (self, call) => BigInt(find(self, call, true)),
  index: (self, call) => findOrFail(self, call, false),
  rindex: (self, call) => findOrFail(self, call, true),
  count,
  startswith: (self, call) => hasAffix(self, call, (text, prefix) => text.startsWith(prefix)),
  endswith: (self, call) => hasAffix(self, call, (text, suffix) => text.endsWith(suffix)),
  replace: (self, call) => {
    const [old = null, replacement = null, limit = -1n] = bindReplace(call);
    const times = expectCount(limit, 'count');
    return replaceText(
      self,
      expectText(old, 'old'),
      expectText(replacement, 'new'),
      times,
      call.state.budget,
    );
  },
  join: (self, call) => join(self, bindJoin(call)[0] ?? null, call),
});

function join(separator: string, items: Value, call: CallSite): string {
  const { budget } = call.state;
  const parts = itemsOf(items, budget).map((item, index) => {
    if (typeof item !== 'string')
      throw typeFault(`sequence item ${index}: expected str instance, ${typeName(item)} found`);
    budget.text(item.length + separator.length);
    return item;
  });
  return parts.join(separator);
}
