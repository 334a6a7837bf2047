import type { Statement } from './statement.ts';

/** A parsed template: plain data, to keep in a cache (`v8.serialize` keeps the ints). */
export interface SyntaxTree {
  /** Grows when older trees can no longer be evaluated, so a cache can key on it. */
  readonly version: number;
  readonly file: string;
  /** Source with `\n` line ends; offsets point into it. */
  readonly source: string;
  readonly body: readonly Statement[];
}

export const syntaxVersion = 1;
