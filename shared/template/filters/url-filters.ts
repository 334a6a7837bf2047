import { valueFault } from '../failures/template-fault.ts';
import { expectCount, expectText } from '../host/expect.ts';
import { parameters } from '../host/parameters.ts';
import { getPairs } from '../methods/get-pairs.ts';
import type { CallSite } from '../values/call-site.ts';
import { DictValue } from '../values/dict-value.ts';
import { itemsOf } from '../values/iterate.ts';
import { toText } from '../values/to-text.ts';
import { isTrue } from '../values/truth.ts';
import type { Value } from '../values/value.ts';
import { filterTable } from './filter-table.ts';
import { escapeMarkup } from './markup-filters.ts';

const bindUrlize = parameters('urlize', 'trim_url_limit?', 'nofollow?', 'target?', 'rel?', 'extra_schemes?');
const webAddress =
  /^(?:(?:https?:\/\/|www\.)(?:[\w%-]+\.)+[a-z]{2,63}|(?:[\w%-]{2,63}\.)+(?:com|net|int|edu|gov|org|info|mil)|https?:\/\/(?:\d{1,3}(?:\.\d{1,3}){3}|\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\]))(?::\d{1,5})?(?:[/?#]\S*)?$/i;
const mailAddress = /^\S+@\w[\w.-]*\.\w+$/;
const longestWord = 2048;

/** Percent-encodes as Python's quote: letters, digits and `_.-~` stay; `/` too, unless in a query. */
function quote(text: string, isQuery: boolean): string {
  const encoded = encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return isQuery ? encoded.replaceAll('%20', '+') : encoded.replaceAll('%2F', '/');
}

function urlEncode(value: Value, call: CallSite): string {
  const { budget } = call.state;
  if (typeof value === 'string' || !(typeof value === 'object') || value === null) {
    const text = toText(value, budget);
    budget.text(text.length * 3);
    return quote(text, false);
  }
  const pairs =
    value instanceof DictValue
      ? getPairs(value, call)
      : itemsOf(value, budget).map((pair) => itemsOf(pair, budget));
  if (pairs.some((pair) => pair.length !== 2)) throw valueFault('urlencode needs pairs');
  return pairs.map((pair) => pair.map((part) => quote(toText(part, budget), true)).join('=')).join('&');
}

interface LinkStyle {
  readonly attributes: string;
  readonly limit: number | undefined;
  readonly schemes: readonly string[];
}

function urlize(value: Value, call: CallSite): string {
  const [limit = null, noFollow = false, target = null, rel = null, schemes = null] = bindUrlize(call);
  const { budget } = call.state;
  const text = toText(value, budget);
  budget.text(text.length * 5);
  const words = new Set(rel === null ? [] : expectText(rel, 'rel').split(/\s+/));
  if (isTrue(noFollow)) words.add('nofollow');
  words.add('noopener');
  const relText = [...words]
    .filter((word) => word !== '')
    .sort()
    .join(' ');
  const targetText = target === null ? '' : ` target="${escapeMarkup(expectText(target, 'target'))}"`;
  const style: LinkStyle = {
    attributes: ` rel="${escapeMarkup(relText)}"${targetText}`,
    limit: limit === null ? undefined : expectCount(limit, 'trim_url_limit'),
    schemes: schemes === null ? [] : itemsOf(schemes, budget).map((scheme) => expectText(scheme, 'a scheme')),
  };
  return escapeMarkup(text)
    .split(/(\s+)/)
    .map((word) => linkWord(word, style))
    .join('');
}

function linkWord(word: string, style: LinkStyle): string {
  if (word.length > longestWord) return word;
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? '';
  const body = word.slice(head.length);
  const trailing = /(?:[)>.,\n]|&gt;)+$/.exec(body)?.[0] ?? '';
  const { middle, tail } = balance(body.slice(0, body.length - trailing.length), trailing);
  return head + link(middle, style) + tail;
}

const brackets = [
  ['(', ')'],
  ['<', '>'],
  ['&lt;', '&gt;'],
] as const;

/** Gives closing brackets back to an address that opened them. */
function balance(middle: string, tail: string): { middle: string; tail: string } {
  let left = middle;
  let right = tail;
  for (const [open, close] of brackets) {
    const opened = left.split(open).length - 1;
    if (opened <= left.split(close).length - 1) continue;
    for (let moves = Math.min(opened, right.split(close).length - 1); moves > 0; moves -= 1) {
      const end = right.indexOf(close) + close.length;
      left += right.slice(0, end);
      right = right.slice(end);
    }
  }
  return { middle: left, tail: right };
}

function link(address: string, { attributes, limit, schemes }: LinkStyle): string {
  const shown = limit !== undefined && address.length > limit ? `${address.slice(0, limit)}...` : address;
  if (webAddress.test(address)) {
    const isFull = address.startsWith('https://') || address.startsWith('http://');
    return `<a href="${isFull ? '' : 'https://'}${address}"${attributes}>${shown}</a>`;
  }
  const mail = address.startsWith('mailto:') ? address.slice(7) : undefined;
  if (mail !== undefined && mailAddress.test(mail)) return `<a href="${address}">${mail}</a>`;
  const mayBeMail = address.includes('@') && !/^(?:www\.|@)/.test(address) && !address.includes(':');
  if (mayBeMail && mailAddress.test(address)) return `<a href="mailto:${address}">${address}</a>`;
  const scheme = schemes.find((prefix) => address !== prefix && address.startsWith(prefix));
  return scheme === undefined ? address : `<a href="${address}"${attributes}>${address}</a>`;
}

export const urlFilters = filterTable({ urlencode: urlEncode, urlize });
