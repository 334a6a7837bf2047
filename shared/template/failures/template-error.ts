import { PenstockError } from '#shared/errors/penstock-error.ts';
import { type TemplateErrorKind, templateErrors } from '../errors.ts';
import type { Place } from './place.ts';

/** One macro that was running when a template failed; the innermost comes first. */
export interface MacroStackEntry {
  readonly macro: string;
  /** Where the macro was called from. */
  readonly calledFrom: Place;
}

/** The only error parsing and rendering let out. */
export class TemplateError extends PenstockError {
  readonly kind: TemplateErrorKind;
  /** What is wrong, without the place. */
  readonly problem: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly lineText: string;
  readonly macroStack: readonly MacroStackEntry[];

  constructor(
    kind: TemplateErrorKind,
    problem: string,
    place: Place,
    macroStack: readonly MacroStackEntry[] = [],
    cause?: unknown,
  ) {
    const facts = { problem, file: place.file, line: place.line, column: place.column };
    super(templateErrors[kind], facts, cause === undefined ? undefined : { cause });
    this.name = 'TemplateError';
    this.kind = kind;
    this.problem = problem;
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.lineText = place.lineText;
    this.macroStack = macroStack;
  }

  /** Several lines for people: message, place, the line's text with a mark, and the macros that were running. */
  describe(): string {
    const mark = `${' '.repeat(Math.max(0, this.column - 1))}^`;
    const stack = this.macroStack.map(
      ({ macro, calledFrom }) => `  in macro ${macro}, called from ${calledFrom.file}:${calledFrom.line}`,
    );
    return [
      `${this.problem} (${this.file}:${this.line}:${this.column})`,
      `  ${this.lineText}`,
      `  ${mark}`,
      ...stack,
    ].join('\n');
  }
}
