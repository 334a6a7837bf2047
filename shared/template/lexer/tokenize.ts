import { TemplateFault } from '../failures/template-fault.ts';
import { trimWhiteSpace } from '../values/white-space.ts';
import { TagLexer } from './tag-lexer.ts';
import type { LexerOptions, Token } from './token.ts';

const opening = /\{[{%#]/g;
const rawBegin = /\{%[-+]?\s*raw\s*(?:-%\}\s*|%\})/y;
const rawEnd = /\{%([-+]?)\s*endraw\s*(?:\+%\}|-%\}\s*|%\}(\n?))/g;
const commentEnd = /([-+]?)#\}/g;
const space = /\s*/y;
const lineStartBlanks = /(^|\n)[^\S\n]+$/;

/**
 * Cuts a template into tokens, with Jinja's rules for white space.
 *
 * @param source normalised: see `normaliseSource`.
 * @throws a `syntax` fault with its offset.
 */
export function tokenize(source: string, options: LexerOptions): Token[] {
  return new Tokenizer(source, options).run();
}

class Tokenizer {
  readonly #source: string;
  readonly #options: LexerOptions;
  readonly #tokens: Token[] = [];
  #at = 0;
  #lineStarting = true;

  constructor(source: string, options: LexerOptions) {
    this.#source = source;
    this.#options = options;
  }

  run(): Token[] {
    while (this.#at < this.#source.length) {
      opening.lastIndex = this.#at;
      const found = opening.exec(this.#source);
      if (found === null) {
        this.#pushText(this.#source.slice(this.#at), this.#at);
        break;
      }
      this.#open(found.index, found[0]);
    }
    this.#tokens.push({ kind: 'end', value: '', at: this.#source.length });
    return this.#tokens;
  }

  #open(start: number, mark: string): void {
    const sign = this.#source.charAt(start + 2);
    const before = this.#source.slice(this.#at, start);
    this.#pushText(this.#strip(before, sign, mark !== '{{'), this.#at);
    if (mark === '{#') this.#skipComment(start);
    else if (mark === '{{') this.#lexTag(start, sign, 'output');
    else if (!this.#lexRaw(start)) this.#lexTag(start, sign, 'tag');
    this.#lineStarting = this.#source.charAt(this.#at - 1) === '\n';
  }

  #pushText(value: string, at: number): void {
    if (value !== '') this.#tokens.push({ kind: 'text', value, at });
  }

  /** Applies `-` and lstripBlocks to the text before a tag. */
  #strip(text: string, sign: string, isBlock: boolean): string {
    if (sign === '-') return trimWhiteSpace(text, false, true);
    if (sign === '+' || !this.#options.lstripBlocks || !isBlock) return text;
    const blanks = lineStartBlanks.exec(text);
    if (blanks === null || (blanks[1] === '' && !this.#lineStarting)) return text;
    return text.slice(0, blanks.index + (blanks[1] ?? '').length);
  }

  #skipComment(start: number): void {
    // The sign after `{#` belongs to the opening, so `{#-#}` is not yet closed.
    commentEnd.lastIndex = start + (/[-+]/.test(this.#source.charAt(start + 2)) ? 3 : 2);
    const end = commentEnd.exec(this.#source);
    if (end === null) throw new TemplateFault('syntax', 'Missing end of comment tag', start);
    this.#at = this.#afterEnd(end.index + end[0].length, end[1] ?? '');
  }

  /** Skips what the sign of an end mark swallows. */
  #afterEnd(end: number, sign: string): number {
    if (sign === '-') {
      space.lastIndex = end;
      space.exec(this.#source);
      return space.lastIndex;
    }
    return sign === '' && this.#options.trimBlocks && this.#source.charAt(end) === '\n' ? end + 1 : end;
  }

  #lexRaw(start: number): boolean {
    rawBegin.lastIndex = start;
    const begin = rawBegin.exec(this.#source);
    if (begin === null) return false;
    const from = rawBegin.lastIndex;
    rawEnd.lastIndex = from;
    const end = rawEnd.exec(this.#source);
    if (end === null) throw new TemplateFault('syntax', 'Missing end of raw directive', start);
    this.#lineStarting = begin[0].endsWith('\n');
    this.#pushText(this.#strip(this.#source.slice(from, end.index), end[1] ?? '', true), from);
    const newline = end[2] ?? '';
    this.#at = end.index + end[0].length - (this.#options.trimBlocks ? 0 : newline.length);
    return true;
  }

  #lexTag(start: number, sign: string, kind: 'tag' | 'output'): void {
    this.#tokens.push({ kind: `${kind}Begin`, value: '', at: start });
    const from = start + (sign === '-' || sign === '+' ? 3 : 2);
    const end = new TagLexer(this.#source, from, kind, this.#tokens).run();
    this.#tokens.push({ kind: `${kind}End`, value: '', at: end.at });
    this.#at = kind === 'tag' || end.sign === '-' ? this.#afterEnd(end.after, end.sign) : end.after;
  }
}
