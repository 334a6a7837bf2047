import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { LimitOf } from '../compile/compile-model.ts';
import { isBuiltInRule } from '../compile/is-built-in-rule.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { AuditedBatch } from '../model-warehouse.ts';
import type { ModelNode, TestNode } from '../project/project.ts';

/** Built-in tests that judge each row by itself: rows not written are as they were when they passed. */
const BY_ROW = ['not_null', 'accepted_values', 'relationships'];

/**
 * Lets a test of an incremental model read only what the merge wrote, so that its cost follows the new rows and not the history. A
 * uniqueness is judged by the values written, whatever keys the other rows with them have. Every other test, a project's own and
 * one of the same name among them, reads the whole table.
 *
 * @returns undefined when the test is to read everything.
 */
export function limitToBatch(
  { scope }: LoadedProject,
  test: TestNode,
  model: ModelNode,
  batch: AuditedBatch | undefined,
): { readonly limitOf: LimitOf } | undefined {
  if (batch === undefined || test.subject?.key !== model.key) return undefined;
  const rule = isBuiltInRule(`test_${test.test}`, test.packageName, scope) ? keysOf(test, batch) : undefined;
  if (rule === undefined && batch.model === undefined) return undefined;
  const limited = (printed: string): string => `(${rowsToRead(test, batch, rule, printed)})`;
  return { limitOf: (read) => (read.uniqueId === model.uniqueId ? limited : undefined) };
}

function rowsToRead(
  { test }: TestNode,
  { table, model, isWhole }: AuditedBatch,
  rule: readonly string[] | undefined,
  printed: string,
): string {
  const from = model === undefined ? printed : `(${model}) as penstock_model`;
  if (rule === undefined) return `select * from ${from}`;
  if (isWhole && BY_ROW.includes(test)) return `select * from ${table}`;
  const keys = rule.join(', ');
  return `select * from ${from} where (${keys}) in (select ${keys} from ${table})`;
}

/** What to compare rows by; undefined where a test looks at all of them. */
function keysOf(
  { test, column, refs, sources }: TestNode,
  { keys, columns }: AuditedBatch,
): readonly string[] | undefined {
  // Between a table and itself both sides would be limited.
  const isItself = refs.length + sources.length < 2;
  if (BY_ROW.includes(test))
    return keys.length === 0 || (test === 'relationships' && isItself) ? undefined : keys;
  if (test !== 'unique' || column === undefined) return undefined;
  return columns.includes(column) ? [quoteIdent(column)] : undefined;
}
