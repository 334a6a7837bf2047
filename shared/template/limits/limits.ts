/** Bounds of one render. Templates are not trusted, so every one of them is always on. */
export interface Limits {
  /** Nodes evaluated and items handled. */
  readonly steps: number;
  /** Characters of one output or captured block. */
  readonly outputCharacters: number;
  /** Characters of all strings made during the render, kept or not. */
  readonly madeCharacters: number;
  /** Macros inside macros. */
  readonly macroDepth: number;
  /** Expressions and blocks inside each other while evaluating; guards the stack of the process. */
  readonly nesting: number;
  /** Bits of one integer. */
  readonly integerBits: number;
}

export const defaultLimits: Limits = {
  steps: 5_000_000,
  outputCharacters: 32_000_000,
  madeCharacters: 256_000_000,
  macroDepth: 250,
  nesting: 1_400,
  integerBits: 131_072,
};
