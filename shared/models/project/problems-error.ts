import { type ErrorDefinition, PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';
import { describeProblems, type ProjectProblem } from './project-problem.ts';

/** The error that lists problems, each on a line of its own. @param definition what cannot be used because of them. */
export function problemsError(
  problems: readonly ProjectProblem[],
  definition: ErrorDefinition = modelErrors.projectInvalid,
): PenstockError {
  return new PenstockError(definition, {
    problems: problems.length,
    list: `\n  ${describeProblems(problems)}\n`,
  });
}
