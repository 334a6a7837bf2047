import { valueFault } from '#shared/template/failures/template-fault.ts';
import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { pythonPattern } from './python-pattern.ts';

/** Longest text a pattern is tried on: patterns are untrusted, and some take a time exponential in it. */
const LONGEST_TEXT = 10_000;

function textOf(value: Value | undefined): string {
  const text = expectText(value ?? null, 'text');
  if (text.length > LONGEST_TEXT) throw valueFault(`re: text of more than ${LONGEST_TEXT} characters`);
  return text;
}

const FLAGS: Readonly<Record<string, bigint>> = {
  IGNORECASE: 2n,
  I: 2n,
  MULTILINE: 8n,
  M: 8n,
  DOTALL: 16n,
  S: 16n,
  VERBOSE: 64n,
  X: 64n,
};

const flagsOf = (value: Value | undefined): string =>
  typeof value === 'bigint'
    ? `${value & 2n ? 'i' : ''}${value & 8n ? 'm' : ''}${value & 16n ? 's' : ''}${value & 64n ? 'x' : ''}`
    : '';

class MatchValue extends HostObject {
  readonly typeName = 're.Match';
  readonly #found: RegExpExecArray;

  constructor(found: RegExpExecArray) {
    super();
    this.#found = found;
  }

  override getAttr(name: string): Value | undefined {
    const found = this.#found;
    switch (name) {
      case 'group':
        return hostFunction('group', ({ args }) => this.#group(args[0] ?? 0n));
      case 'groups':
        return hostFunction('groups', () => new TupleValue(found.slice(1).map((text) => text ?? null)));
      case 'start':
        return hostFunction('start', () => BigInt(found.index));
      case 'end':
        return hostFunction('end', () => BigInt(found.index + found[0].length));
      default:
        return undefined;
    }
  }

  override getItem(key: Value): Value | undefined {
    return this.#group(key);
  }

  override isTrue(): boolean {
    return true;
  }

  #group(key: Value): Value {
    const groups = this.#found.groups ?? {};
    if (typeof key === 'string') return Object.hasOwn(groups, key) ? (groups[key] ?? null) : null;
    return this.#found[Number(key)] ?? null;
  }
}

const bindFind = parameters('re', 'pattern', 'string', 'flags?');
const bindSub = parameters('sub', 'pattern', 'repl', 'string', 'count?', 'flags?');

function finding(name: string, wrap: (pattern: string) => string): Value {
  return hostFunction(name, (call) => {
    const [pattern, text, flags] = bindFind(call);
    const found = pythonPattern(wrap(expectText(pattern ?? null, 'a pattern')), flagsOf(flags)).exec(
      textOf(text),
    );
    return found === null ? null : new MatchValue(found);
  });
}

function findAll(pattern: Value | undefined, text: Value | undefined, flags: Value | undefined): Value {
  const all = textOf(text).matchAll(
    pythonPattern(expectText(pattern ?? null, 'a pattern'), `g${flagsOf(flags)}`),
  );
  const items = [...all].map((found): Value => {
    const groups = found.slice(1).map((group) => group ?? '');
    if (groups.length === 0) return found[0];
    return groups.length === 1 ? (groups[0] ?? '') : new TupleValue(groups);
  });
  return new ListValue(items);
}

/** `modules.re`: search, match, fullmatch, findall, sub, split, escape and the flags. */
export const regexModule = new HostRecord('module', {
  ...FLAGS,
  search: finding('search', (pattern) => pattern),
  match: finding('match', (pattern) => `^(?:${pattern})`),
  fullmatch: finding('fullmatch', (pattern) => `^(?:${pattern})$`),
  findall: hostFunction('findall', (call) => {
    const [pattern, text, flags] = bindFind(call);
    return findAll(pattern, text, flags);
  }),
  sub: hostFunction('sub', (call) => {
    const [pattern, repl, text, count, flags] = bindSub(call);
    const most = typeof count === 'bigint' && count > 0n ? Number(count) : Number.POSITIVE_INFINITY;
    const replacement = expectText(repl ?? null, 'a replacement');
    let done = 0;
    return textOf(text).replace(
      pythonPattern(expectText(pattern ?? null, 'a pattern'), `g${flagsOf(flags)}`),
      (...parts) => {
        done += 1;
        const [whole] = parts as [string];
        if (done > most) return whole;
        return replacement.replace(/\\(\d)|\\g<(\d+)>/g, (_, a?: string, b?: string) =>
          String(parts[Number(a ?? b)] ?? ''),
        );
      },
    );
  }),
  split: hostFunction('split', (call) => {
    const [pattern, text, flags] = bindFind(call);
    return new ListValue(
      textOf(text).split(pythonPattern(expectText(pattern ?? null, 'a pattern'), flagsOf(flags))),
    );
  }),
  escape: hostFunction('escape', ({ args }) => textOf(args[0]).replace(/[^\w]/g, '\\$&')),
});
