import { patternBody } from '../field-pattern.ts';

/*
 * A field's pattern as an automaton with several next states (Thompson, "Regular Expression Search Algorithm", 1968). The syntax is that of
 * `field-pattern.ts`, which has refused everything else.
 */

/** Bytes of ASCII, one flag for each. */
export type ByteSet = readonly boolean[];

/** Goes on to the next state by any byte of its set, or to several without one. */
export type PatternState =
  | { readonly bytes: ByteSet; readonly next: number }
  | { readonly bytes: null; readonly ways: number[] };

export interface PatternStates {
  readonly states: readonly PatternState[];
  readonly start: number;
  readonly end: number;
}

const ASCII = 128;
/** Repetitions are written out. */
const MOST_STATES = 2_000;
const UNBOUNDED = -1;

/** A part of a pattern. Given the state behind it, it adds its own and returns its first. */
type Part = (behind: number) => number;

/** @returns undefined when there would be too many. */
export function patternStates(pattern: string): PatternStates | undefined {
  const reader = new PatternReader([...patternBody(pattern)]);
  const end = reader.add({ bytes: null, ways: [] });
  const start = reader.whole()(end);
  return reader.isTooLarge ? undefined : { states: reader.states, start, end };
}

class PatternReader {
  readonly states: PatternState[] = [];
  readonly #text: readonly string[];
  #at = 0;
  isTooLarge = false;

  /** @param text by code points. */
  constructor(text: readonly string[]) {
    this.#text = text;
  }

  add(state: PatternState): number {
    if (this.states.length >= MOST_STATES) {
      this.isTooLarge = true;
      return 0;
    }
    return this.states.push(state) - 1;
  }

  /** Alternatives, up to the end or a closing parenthesis. */
  whole(): Part {
    const ways = [this.#sequence()];
    while (this.#takes('|')) ways.push(this.#sequence());
    const [only] = ways;
    if (ways.length === 1 && only !== undefined) return only;
    return (behind) => this.add({ bytes: null, ways: ways.map((way) => way(behind)) });
  }

  #sequence(): Part {
    const parts: Part[] = [];
    for (let next = this.#text[this.#at]; next !== undefined && next !== '|' && next !== ')'; ) {
      parts.push(this.#repeated(this.#atom()));
      next = this.#text[this.#at];
    }
    return (behind) => parts.reduceRight((to, part) => part(to), behind);
  }

  #repeated(part: Part): Part {
    const bounds = this.#bounds();
    if (bounds === undefined) return part;
    // Whether it takes much or little makes no difference to what matches as a whole.
    this.#takes('?');
    const [least, most] = bounds;
    return (behind) => {
      let to = behind;
      if (most === UNBOUNDED) {
        const ways = [behind];
        to = this.add({ bytes: null, ways });
        ways.push(part(to));
      }
      for (let i = least; i < most && !this.isTooLarge; i += 1)
        to = this.add({ bytes: null, ways: [part(to), behind] });
      for (let i = 0; i < least && !this.isTooLarge; i += 1) to = part(to);
      return to;
    };
  }

  /** How often at least and at most; undefined where nothing is said. */
  #bounds(): readonly [number, number] | undefined {
    if (this.#takes('*')) return [0, UNBOUNDED];
    if (this.#takes('+')) return [1, UNBOUNDED];
    if (this.#takes('?')) return [0, 1];
    if (!this.#takes('{')) return undefined;
    const [least = '', most] = this.#upTo('}').split(',');
    return [Number(least), most === undefined ? Number(least) : most === '' ? UNBOUNDED : Number(most)];
  }

  #atom(): Part {
    if (this.#takes('(')) {
      if (this.#takes('?')) this.#takes(':');
      const part = this.whole();
      this.#takes(')');
      return part;
    }
    const bytes = this.#takes('[') ? this.#class() : (this.#shorthand() ?? bytesBetween(this.#literal()));
    return (behind) => this.add({ bytes, next: behind });
  }

  #class(): ByteSet {
    const isNegated = this.#takes('^');
    const sets: ByteSet[] = [];
    while (!this.#takes(']')) sets.push(this.#shorthand() ?? this.#range());
    return Array.from({ length: ASCII }, (_, byte) => sets.some((set) => set[byte]) !== isNegated);
  }

  /** One character or, within a class, those from one to another. */
  #range(): ByteSet {
    const from = this.#literal();
    if (this.#text[this.#at] !== '-' || this.#text[this.#at + 1] === ']') return bytesBetween(from);
    this.#at += 1;
    return bytesBetween(from, this.#literal());
  }

  /** `\d`, `\w` and what is none of them. */
  #shorthand(): ByteSet | undefined {
    const letter = this.#text[this.#at] === '\\' ? this.#text[this.#at + 1] : undefined;
    const set = letter === undefined ? undefined : SHORTHANDS.get(letter);
    if (set !== undefined) this.#at += 2;
    return set;
  }

  /** A code point, as itself or behind a backslash. */
  #literal(): number {
    this.#takes('\\');
    const character = this.#text[this.#at] ?? '';
    this.#at += 1;
    return character.codePointAt(0) ?? 0;
  }

  #takes(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #upTo(character: string): string {
    const from = this.#at;
    while (this.#at < this.#text.length && !this.#takes(character)) this.#at += 1;
    return this.#text.slice(from, this.#at - 1).join('');
  }
}

const bytesBetween = (from: number, to = from): ByteSet =>
  Array.from({ length: ASCII }, (_, byte) => byte >= from && byte <= to);

const matching = (regExp: RegExp): ByteSet =>
  Array.from({ length: ASCII }, (_, byte) => regExp.test(String.fromCharCode(byte)));

const SHORTHANDS: ReadonlyMap<string, ByteSet> = new Map([
  ['d', matching(/\d/)],
  ['D', matching(/\D/)],
  ['w', matching(/\w/)],
  ['W', matching(/\W/)],
]);
