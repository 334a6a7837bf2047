import type { TemplateErrorKind } from '../errors.ts';

/**
 * A failure that does not know its place yet: value operations throw it, and the boundary of a render turns it
 * into a TemplateError with file, line, column and macro stack.
 *
 * `problem` names types and names, never values of rows.
 */
export class TemplateFault extends Error {
  readonly kind: TemplateErrorKind;
  readonly problem: string;
  /** Offset in the source where the failure is, when the thrower knows better than the evaluator. */
  readonly offset: number | undefined;

  constructor(kind: TemplateErrorKind, problem: string, offset?: number) {
    super(problem);
    this.name = 'TemplateFault';
    this.kind = kind;
    this.problem = problem;
    this.offset = offset;
  }
}

/** Fails as Python's TypeError would. */
export function typeFault(problem: string): TemplateFault {
  return new TemplateFault('type', problem);
}

/** Fails as Python's ValueError, KeyError, IndexError, ZeroDivisionError or OverflowError would. */
export function valueFault(problem: string): TemplateFault {
  return new TemplateFault('value', problem);
}
