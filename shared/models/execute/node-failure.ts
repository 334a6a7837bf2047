import { PenstockError } from '#shared/errors/penstock-error.ts';
import { TemplateError } from '#shared/template/failures/template-error.ts';
import { BUILT_IN_FILES } from '../compile/macro-library.ts';
import type { ModelNode } from '../project/project.ts';

/**
 * An error of a materialisation, as the node's author wants it: what the server refused by itself, and what a built-in macro complains
 * of at the node's file. The built-in macros' own lines help nobody.
 */
export function nodeFailure(error: unknown, { file, sql }: Pick<ModelNode, 'file' | 'sql'>): unknown {
  if (!(error instanceof TemplateError) || !error.file.startsWith(BUILT_IN_FILES)) return error;
  if (error.cause instanceof PenstockError) return error.cause;
  const [lineText = ''] = sql.split('\n');
  const place = { file, line: 1, column: 1, lineText };
  const own = error.macroStack.filter(({ calledFrom }) => !calledFrom.file.startsWith(BUILT_IN_FILES));
  return new TemplateError(error.kind, error.problem, place, own, error.cause);
}
