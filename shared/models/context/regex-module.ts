import { typeFault, valueFault } from '#shared/template/failures/template-fault.ts';
import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import type { Budget } from '#shared/template/limits/budget.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { boundedTime } from './bounded-time.ts';
import { pythonPattern } from './python-pattern.ts';
import { expandReplacement, MatchValue } from './regex-match.ts';

/** Longest text a pattern is tried on. */
const LONGEST_TEXT = 1_000_000;
/** On so short a text even an exponential pattern ends soon. */
const SHORT_TEXT = 16;

const FLAGS: Readonly<Record<string, bigint>> = {
  ...{ IGNORECASE: 2n, I: 2n, MULTILINE: 8n, M: 8n, DOTALL: 16n, S: 16n, VERBOSE: 64n, X: 64n },
  ...{ ASCII: 256n, A: 256n, UNICODE: 32n, U: 32n },
};

const flagsOf = (value: Value | undefined): string =>
  typeof value === 'bigint'
    ? `${value & 2n ? 'i' : ''}${value & 8n ? 'm' : ''}${value & 16n ? 's' : ''}${value & 64n ? 'x' : ''}`
    : '';

type Anchor = 'search' | 'match' | 'fullmatch';

/** Python's re.Pattern: what `compile` gives, and what the functions of the module work with. */
class PatternValue extends HostObject {
  readonly typeName = 're.Pattern';
  readonly #pattern: string;
  readonly #flags: string;

  /** @throws a `value` fault for a pattern that cannot be read. */
  constructor(pattern: string, flags: string) {
    super();
    this.#pattern = pattern;
    this.#flags = flags;
    pythonPattern(pattern, flags);
  }

  override toRepr(): string {
    return `re.compile('${this.#pattern}')`;
  }

  override getAttr(name: string): Value | undefined {
    if (name === 'pattern') return this.#pattern;
    const spec = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (spec === undefined) return undefined;
    const bind = parameters(name, ...spec.parameters);
    return hostFunction(name, (call) => spec.run(this, bind(call), call.state.budget));
  }

  find(anchor: Anchor, text: string, budget: Budget): MatchValue | null {
    const wrapped = this.#wrapped(anchor);
    const found = bounded(budget, text, () => pythonPattern(wrapped, `d${this.#flags}`).exec(text));
    return found === null ? null : new MatchValue(found);
  }

  all(text: string, budget: Budget): MatchValue[] {
    const pattern = pythonPattern(this.#pattern, `dg${this.#flags}`);
    const all = bounded(budget, text, () => [...text.matchAll(pattern)]);
    budget.step(all.length);
    return all.map((found) => new MatchValue(found));
  }

  #wrapped(anchor: Anchor): string {
    // Flags at the beginning of a pattern stay at its beginning.
    const head = /^\s*(?:\(\?[aiLmsux]+\))+/.exec(this.#pattern)?.[0] ?? '';
    const body = this.#pattern.slice(head.length);
    if (anchor === 'search') return this.#pattern;
    return anchor === 'match' ? `${head}\\A(?:${body})` : `${head}\\A(?:${body})\\Z`;
  }
}

function bounded<T>(budget: Budget, text: string, work: () => T): T {
  if (text.length > LONGEST_TEXT) throw valueFault(`re: text of more than ${LONGEST_TEXT} characters`);
  budget.scan(text.length);
  return text.length <= SHORT_TEXT ? work() : boundedTime(budget, work);
}

interface PatternFunction {
  readonly parameters: readonly string[];
  run(pattern: PatternValue, given: readonly (Value | undefined)[], budget: Budget): Value;
}

const textOf = (value: Value | undefined): string => expectText(value ?? null, 'text');

const finding = (anchor: Anchor): PatternFunction => ({
  parameters: ['string'],
  run: (pattern, [text], budget) => pattern.find(anchor, textOf(text), budget),
});

/** What a pattern does, and the module with the pattern given first. */
const FUNCTIONS: Readonly<Record<string, PatternFunction>> = {
  search: finding('search'),
  match: finding('match'),
  fullmatch: finding('fullmatch'),
  findall: {
    parameters: ['string'],
    run: (pattern, [text], budget) => new ListValue(pattern.all(textOf(text), budget).map(foundItem)),
  },
  finditer: {
    parameters: ['string'],
    run: (pattern, [text], budget) => new ListValue(pattern.all(textOf(text), budget)),
  },
  sub: {
    parameters: ['repl', 'string', 'count?'],
    run: (pattern, [repl, text, count], budget) => substituted(pattern, repl, textOf(text), count, budget),
  },
  split: {
    parameters: ['string', 'maxsplit?'],
    run: (pattern, [text, most], budget) => splitText(pattern, textOf(text), most, budget),
  },
};

function foundItem({ found }: MatchValue): Value {
  const groups = found.slice(1).map((group) => group ?? '');
  if (groups.length === 0) return found[0];
  return groups.length === 1 ? (groups[0] ?? '') : new TupleValue(groups);
}

/** The first so many; none or 0 means all. */
function firstOf(matches: readonly MatchValue[], count: Value | undefined): readonly MatchValue[] {
  return typeof count === 'bigint' && count > 0n ? matches.slice(0, Number(count)) : matches;
}

function substituted(
  pattern: PatternValue,
  repl: Value | undefined,
  text: string,
  count: Value | undefined,
  budget: Budget,
): string {
  if (typeof repl !== 'string') throw typeFault('re.sub() takes text as its replacement');
  const parts: string[] = [];
  let from = 0;
  for (const match of firstOf(pattern.all(text, budget), count)) {
    const made = text.slice(from, match.found.index) + expandReplacement(repl, match);
    budget.text(made.length);
    parts.push(made);
    from = match.found.index + match.found[0].length;
  }
  return parts.join('') + text.slice(from);
}

function splitText(pattern: PatternValue, text: string, most: Value | undefined, budget: Budget): Value {
  const parts: Value[] = [];
  let from = 0;
  for (const { found } of firstOf(pattern.all(text, budget), most)) {
    parts.push(text.slice(from, found.index), ...found.slice(1).map((group) => group ?? null));
    from = found.index + found[0].length;
  }
  return new ListValue([...parts, text.slice(from)]);
}

/** A function of the module: the pattern first, flags last; a compiled pattern serves as well as its text. */
function ofModule([name, { parameters: names, run }]: [string, PatternFunction]): [string, Value] {
  const bind = parameters(name, 'pattern', ...names, 'flags?');
  return [
    name,
    hostFunction(name, (call: CallSite) => {
      const [pattern, ...given] = bind(call);
      return run(patternOf(pattern, given.at(-1)), given.slice(0, -1), call.state.budget);
    }),
  ];
}

function patternOf(pattern: Value | undefined, flags: Value | undefined): PatternValue {
  if (pattern instanceof PatternValue) return pattern;
  return new PatternValue(expectText(pattern ?? null, 'a pattern'), flagsOf(flags));
}

const bindCompile = parameters('compile', 'pattern', 'flags?');

/** `modules.re`: compile, search, match, fullmatch, findall, finditer, sub, split, escape and the flags. */
export const regexModule = new HostRecord('module', {
  ...FLAGS,
  ...Object.fromEntries(Object.entries(FUNCTIONS).map(ofModule)),
  compile: hostFunction('compile', (call) => {
    const [pattern, flags] = bindCompile(call);
    return patternOf(pattern, flags);
  }),
  escape: hostFunction('escape', ({ args }) => textOf(args[0]).replace(/[()[\]{}?*+\-|^$\\.&~#\s]/g, '\\$&')),
});
