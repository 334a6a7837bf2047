import { TemplateFault } from '../failures/template-fault.ts';
import { resolveEscapes } from './resolve-escapes.ts';
import type { Token } from './token.ts';

const whitespace = /\s+/y;
const float = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/y;
const integer = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const name = /[\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]+/uy;
const text = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const operator = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}<>=.:|,;]/y;
const closers = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);

/** Where a tag ended, and the sign before its end mark. */
export interface TagEnd {
  readonly at: number;
  readonly after: number;
  readonly sign: string;
}

/** Cuts the inside of `{% … %}` or `{{ … }}` into tokens. */
export class TagLexer {
  readonly #source: string;
  readonly #start: number;
  readonly #tokens: Token[];
  readonly #end: RegExp;
  /** Closing marks still due. While one is, `}}` and `%}` are no end marks. */
  readonly #due: string[] = [];
  #at: number;

  constructor(source: string, from: number, kind: 'tag' | 'output', tokens: Token[]) {
    this.#source = source;
    this.#start = from - 2;
    this.#at = from;
    this.#tokens = tokens;
    this.#end = kind === 'tag' ? /([-+]?)%\}/y : /(-?)\}\}/y;
  }

  /** @throws a `syntax` fault for a character that starts no token, unbalanced brackets, or no end. */
  run(): TagEnd {
    while (this.#at < this.#source.length) {
      const end = this.#due.length === 0 ? this.#match(this.#end) : undefined;
      if (end !== undefined) {
        const sign = end.startsWith('-') || end.startsWith('+') ? end.charAt(0) : '';
        return { at: this.#at, after: this.#at + end.length, sign };
      }
      this.#token();
    }
    throw new TemplateFault('syntax', 'unexpected end of template, a tag is not closed', this.#start);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#source) ? this.#source.slice(this.#at, pattern.lastIndex) : undefined;
  }

  #token(): void {
    const blank = this.#match(whitespace);
    if (blank !== undefined) this.#at += blank.length;
    else if (!this.#number() && !this.#name() && !this.#string() && !this.#operator()) {
      const character = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
      throw new TemplateFault('syntax', `unexpected char ${JSON.stringify(character)}`, this.#at);
    }
  }

  #push(kind: Token['kind'], raw: string, value = raw): true {
    this.#tokens.push({ kind, value, at: this.#at });
    this.#at += raw.length;
    return true;
  }

  #number(): boolean {
    const code = this.#source.charCodeAt(this.#at);
    if (code < 48 || code > 57) return false;
    const asFloat = this.#match(float);
    if (asFloat !== undefined) return this.#push('float', asFloat, asFloat.replaceAll('_', ''));
    const digits = this.#match(integer);
    return digits !== undefined && this.#push('integer', digits, digits.replaceAll('_', ''));
  }

  #name(): boolean {
    const word = this.#match(name);
    if (word === undefined) return false;
    if (/^[\p{Nd}\p{Mn}\p{Mc}]/u.test(word))
      throw new TemplateFault('syntax', 'Invalid character in identifier', this.#at);
    return this.#push('name', word);
  }

  #string(): boolean {
    const literal = this.#match(text);
    return (
      literal !== undefined && this.#push('string', literal, resolveEscapes(literal.slice(1, -1), this.#at))
    );
  }

  #operator(): boolean {
    const sign = this.#match(operator);
    if (sign === undefined) return false;
    const closer = closers.get(sign);
    if (closer !== undefined) this.#due.push(closer);
    else if (sign === ')' || sign === ']' || sign === '}') this.#close(sign);
    return this.#push('operator', sign);
  }

  #close(sign: string): void {
    const due = this.#due.pop();
    if (due === undefined) throw new TemplateFault('syntax', `unexpected '${sign}'`, this.#at);
    if (due !== sign) throw new TemplateFault('syntax', `unexpected '${sign}', expected '${due}'`, this.#at);
  }
}
