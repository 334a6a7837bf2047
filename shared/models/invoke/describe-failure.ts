import { PenstockError } from '#shared/errors/penstock-error.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';
import { TemplateError } from '#shared/template/failures/template-error.ts';

/** What went wrong in a node, for its author: place, line and macros of a template; never a value of a row. */
export function describeFailure(error: unknown): string {
  if (error instanceof TemplateError) return error.describe();
  return error instanceof PenstockError ? error.message : describeError(error).message;
}
