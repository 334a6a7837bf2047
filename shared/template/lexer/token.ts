/** Kinds of tokens. `text` is everything outside of tags; operators are their own kind. */
export type TokenKind =
  | 'text'
  | 'tagBegin'
  | 'tagEnd'
  | 'outputBegin'
  | 'outputEnd'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Text with escapes resolved, the name, the operator, or the digits. */
  readonly value: string;
  /** Offset of the first character in the source. */
  readonly at: number;
}

/** How the lexer treats white space around tags. */
export interface LexerOptions {
  /** Drop the newline after a tag. */
  readonly trimBlocks: boolean;
  /** Drop blanks before a tag that starts its line. */
  readonly lstripBlocks: boolean;
  /** Keep the newline at the end of the file. */
  readonly keepTrailingNewline: boolean;
}
