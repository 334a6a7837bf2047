import { expectText } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import type { CallSite } from '../values/call-site.ts';
import { methodTable } from './method-table.ts';

const bindChars = parameters('strip', 'chars?');
const bindAffix = parameters('removeprefix', 'affix');

/** Strips white space, or any of the given characters, from the sides asked for. */
export function strip(text: string, chars: string | null, left: boolean, right: boolean): string {
  if (chars === null) {
    const trimmed = left ? text.replace(/^[\s\x1c-\x1f\x85]+/, '') : text;
    return right ? trimRight(trimmed) : trimmed;
  }
  const set = new Set(chars);
  const characters = Array.from(text);
  let from = 0;
  let to = characters.length;
  while (left && from < to && set.has(characters[from] ?? '')) from += 1;
  while (right && to > from && set.has(characters[to - 1] ?? '')) to -= 1;
  return characters.slice(from, to).join('');
}

/** A regular expression with `$` would take quadratic time on long runs of blanks. */
function trimRight(text: string): string {
  let to = text.length;
  while (to > 0 && /[\s\x1c-\x1f\x85]/.test(text.charAt(to - 1))) to -= 1;
  return text.slice(0, to);
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
