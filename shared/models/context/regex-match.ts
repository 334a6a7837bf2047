import { valueFault } from '#shared/template/failures/template-fault.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';

/** Python's re.Match, of a pattern compiled with indices. */
export class MatchValue extends HostObject {
  readonly typeName = 're.Match';
  readonly found: RegExpExecArray;

  constructor(found: RegExpExecArray) {
    super();
    this.found = found;
  }

  override getAttr(name: string): Value | undefined {
    const run = this.#functions()[name];
    if (name === 'string') return this.found.input;
    return run && hostFunction(name, run);
  }

  override getItem(key: Value): Value | undefined {
    return this.#groupOf(key);
  }

  override isTrue(): boolean {
    return true;
  }

  override toRepr(): string {
    const { index, 0: text } = this.found;
    return `<re.Match object; span=(${index}, ${index + text.length}), match='${text}'>`;
  }

  /** @throws a `value` fault when there is no such group. */
  group(key: Value): Value {
    const group = this.#groupOf(key);
    if (group === undefined) throw valueFault('re: there is no such group');
    return group;
  }

  /** None for a group that took no part. */
  #groupOf(key: Value): Value | undefined {
    const groups = this.found.groups ?? {};
    if (typeof key === 'string' && Object.hasOwn(groups, key)) return groups[key] ?? null;
    if (typeof key === 'bigint' && key >= 0n && key < BigInt(this.found.length))
      return this.found[Number(key)] ?? null;
    return undefined;
  }

  #functions(): Readonly<Partial<Record<string, (call: CallSite) => Value>>> {
    const { found } = this;
    return {
      __proto__: null as never,
      group: ({ args }) =>
        args.length > 1
          ? new TupleValue(args.map((key) => this.group(key)))
          : this.group(args[0] === undefined ? 0n : args[0]),
      groups: ({ args: [fallback = null] }) =>
        new TupleValue(found.slice(1).map((text) => (text === undefined ? fallback : text))),
      groupdict: ({ args: [fallback = null] }) =>
        new DictValue(
          Object.entries(found.groups ?? {}).map(([key, text]) => [
            key,
            text === undefined ? fallback : text,
          ]),
        ),
      start: ({ args }) => this.#span(args[0])[0],
      end: ({ args }) => this.#span(args[0])[1],
      span: ({ args }) => new TupleValue([...this.#span(args[0])]),
    };
  }

  #span(group: Value = 0n): readonly [bigint, bigint] {
    this.group(group);
    const span =
      typeof group === 'string' ? this.found.indices?.groups?.[group] : this.found.indices?.[Number(group)];
    return span === undefined ? [-1n, -1n] : [BigInt(span[0]), BigInt(span[1])];
  }
}

/** Text of a replacement with its `\1`, `\g<name>` and escapes, as `Match.expand`. */
export function expandReplacement(replacement: string, match: MatchValue): string {
  return replacement.replace(
    /\\(?:g<(\w+)>|(\d{1,2})|([\s\S]))/g,
    (_, name: string | undefined, number: string | undefined, escaped: string | undefined) => {
      if (escaped !== undefined) return ESCAPES[escaped] ?? escapedText(escaped);
      const key = number ?? (/^\d+$/.test(name ?? '') ? name : undefined);
      const text = match.group(key === undefined ? (name ?? '') : BigInt(key));
      return typeof text === 'string' ? text : '';
    },
  );
}

const ESCAPES: Readonly<Partial<Record<string, string>>> = {
  __proto__: null as never,
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
};

/** As Python: unknown escapes of ASCII letters are refused, others stay as they are. */
function escapedText(character: string): string {
  if (/[a-zA-Z]/.test(character)) throw valueFault('re: bad escape in the replacement');
  return `\\${character}`;
}
