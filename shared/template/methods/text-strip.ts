import { expectText } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import type { CallSite } from '../values/call-site.ts';
import { trimWhiteSpace } from '../values/white-space.ts';
import { methodTable } from './method-table.ts';

const bindChars = parameters('strip', 'chars?');
const bindAffix = parameters('removeprefix', 'affix');

/** Strips white space, or any of the given characters, from the sides asked for. */
export function strip(text: string, chars: string | null, left: boolean, right: boolean): string {
  if (chars === null) {
    return trimWhiteSpace(text, left, right);
  }
  const set = new Set(chars);
  const characters = Array.from(text);
  let from = 0;
  let to = characters.length;
  while (left && from < to && set.has(characters[from] ?? '')) from += 1;
  while (right && to > from && set.has(characters[to - 1] ?? '')) to -= 1;
  return characters.slice(from, to).join('');
}

function stripBy(self: string, call: CallSite, left: boolean, right: boolean): string {
  const [chars = null] = bindChars(call);
  return strip(self, chars === null ? null : expectText(chars, 'chars'), left, right);
}

export const textStripMethods = methodTable<string>({
  strip: (self, call) => stripBy(self, call, true, true),
  lstrip: (self, call) => stripBy(self, call, true, false),
  rstrip: (self, call) => stripBy(self, call, false, true),
  removeprefix: (self, call) => {
    const prefix = expectText(bindAffix(call)[0] ?? null, 'prefix');
    return self.startsWith(prefix) ? self.slice(prefix.length) : self;
  },
  removesuffix: (self, call) => {
    const suffix = expectText(bindAffix(call)[0] ?? null, 'suffix');
    return suffix !== '' && self.endsWith(suffix) ? self.slice(0, -suffix.length) : self;
  },
});
