import { PenstockError } from '#shared/errors/penstock-error.ts';
import { extractorErrors } from './errors.ts';

/** Columns named in the error. */
const MAX_NAMED = 10;

/** @throws EXTRACT_TOO_MANY_REJECTS when more rows of a slice break their contract than its stream allows. */
export function refuseTooManyRejects(
  stream: { readonly maxRejectedRatio: number },
  task: { readonly stream: string; readonly slice: string },
  counted: { readonly rows: number; readonly rejectedRows: number },
  rejects: readonly { readonly column: string; readonly code: string }[],
): void {
  const { rows, rejectedRows } = counted;
  if (rejectedRows <= stream.maxRejectedRatio * (rows + rejectedRows)) return;
  const columns = [...new Set(rejects.map(({ column, code }) => `${column}:${code}`))].slice(0, MAX_NAMED);
  throw new PenstockError(extractorErrors.tooManyRejects, {
    stream: task.stream,
    slice: task.slice,
    rejectedRows,
    rows: rows + rejectedRows,
    maxRejectedRatio: stream.maxRejectedRatio,
    columns: columns.join(', '),
  });
}
