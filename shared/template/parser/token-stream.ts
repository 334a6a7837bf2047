import { TemplateFault } from '../failures/template-fault.ts';
import type { Token, TokenKind } from '../lexer/token.ts';

const descriptions: Readonly<Record<TokenKind, string>> = {
  text: 'text',
  tagBegin: 'begin of a tag',
  tagEnd: 'end of the tag',
  outputBegin: 'begin of an output',
  outputEnd: 'end of the output',
  name: 'a name',
  string: 'a string',
  integer: 'an integer',
  float: 'a float',
  operator: 'an operator',
  end: 'end of the template',
};

/** Tokens with one to look at, and the next one to peek at. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  #index = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#at(this.#index);
  }

  get following(): Token {
    return this.#at(this.#index + 1);
  }

  next(): Token {
    const token = this.current;
    if (token.kind !== 'end') this.#index += 1;
    return token;
  }

  is(kind: TokenKind, value?: string): boolean {
    const { current } = this;
    return current.kind === kind && (value === undefined || current.value === value);
  }

  isOperator(value: string): boolean {
    return this.is('operator', value);
  }

  isName(value: string): boolean {
    return this.is('name', value);
  }

  /** Goes past the token when it is there. */
  skip(kind: TokenKind, value?: string): boolean {
    if (!this.is(kind, value)) return false;
    this.#index += 1;
    return true;
  }

  skipOperator(value: string): boolean {
    return this.skip('operator', value);
  }

  skipName(value: string): boolean {
    return this.skip('name', value);
  }

  /** @throws a `syntax` fault when another token is there. */
  expect(kind: TokenKind, value?: string): Token {
    if (!this.is(kind, value)) {
      throw this.fault(
        `expected ${value === undefined ? descriptions[kind] : `'${value}'`}, got ${describe(this.current)}`,
      );
    }
    return this.next();
  }

  /** A `syntax` fault at the current token, or at `at`. */
  fault(problem: string, at = this.current.at): TemplateFault {
    return new TemplateFault('syntax', problem, at);
  }

  /** A `syntax` fault about a token that cannot stand here. */
  unexpected(): TemplateFault {
    return this.fault(`unexpected ${describe(this.current)}`);
  }

  #at(index: number): Token {
    const token = this.#tokens[index] ?? this.#tokens.at(-1);
    if (token === undefined) throw new TemplateFault('syntax', 'no tokens');
    return token;
  }
}

function describe(token: Token): string {
  return token.kind === 'name' || token.kind === 'operator' ? `'${token.value}'` : descriptions[token.kind];
}
