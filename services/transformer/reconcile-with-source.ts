import { bronzeTableOf } from '#shared/contracts/names.ts';
import type { SourceTotals } from '#shared/contracts/source-totals.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { recordEvent } from '#shared/ledger/events.ts';
import { type Task, tasksOfStream } from '#shared/ledger/tasks.ts';
import type { RelationTotals } from '#shared/models/model-warehouse.ts';
import type { TransformerDeps } from './transformer-deps.ts';

/** What the extraction of a slice says of its source. */
interface ExtractedTotals {
  readonly slice: string;
  readonly rejectedRows: number;
  readonly totals: SourceTotals;
}

export type Reconciliation = 'agrees' | 'differs';

/**
 * Compares bronze with what a full comparison counted at the source, slice by slice, and records an event for each: rows
 * deleted at the source show, and so does whatever a window skipped. To be called once the run's rows are merged.
 *
 * Rejected rows are not in bronze, so they are taken off the count, and sums cannot be compared where there are any.
 * Another run that merges in between can make a slice differ once.
 *
 * @returns undefined when the run compared nothing whole.
 */
export async function reconcileWithSource(
  deps: TransformerDeps,
  task: ClaimedTask,
): Promise<Reconciliation | undefined> {
  const extracted = await tasksOfStream(deps.ledger, task.runId, 'extract', task.stream);
  const outcomes: Reconciliation[] = [];
  for (const found of extracted.flatMap(totalsOf)) outcomes.push(await reconcileSlice(deps, task, found));
  if (outcomes.length === 0) return undefined;
  return outcomes.includes('differs') ? 'differs' : 'agrees';
}

function totalsOf({ slice, result }: Task): ExtractedTotals[] {
  const { source, rejectedRows = 0 } = (result ?? {}) as { source?: SourceTotals; rejectedRows?: number };
  return source === undefined ? [] : [{ slice, rejectedRows, totals: source }];
}

async function reconcileSlice(
  deps: TransformerDeps,
  task: ClaimedTask,
  { slice, rejectedRows, totals }: ExtractedTotals,
): Promise<Reconciliation> {
  const bronze = await deps.models.totals({
    relation: bronzeTableOf(task.pipeline, task.stream),
    slice,
    below: totals.below,
    fields: Object.keys(totals.sums),
  });
  const expectedRows = (BigInt(totals.rows) - BigInt(rejectedRows)).toString();
  const differing = rejectedRows > 0 ? [] : differingSums(totals, bronze);
  const outcome = bronze.rows === expectedRows && differing.length === 0 ? 'agrees' : 'differs';
  await recordEvent(deps.ledger, {
    level: outcome === 'agrees' ? 'info' : 'warn',
    type: `reconciliation.${outcome}`,
    pipeline: task.pipeline,
    runId: task.runId,
    taskId: task.taskId,
    facts: {
      stream: task.stream,
      slice,
      sourceRows: totals.rows,
      rejectedRows,
      bronzeRows: bronze.rows,
      sumsCompared: rejectedRows === 0,
      differingSums: Object.fromEntries(
        differing.map((field) => [
          field,
          { source: totals.sums[field] ?? null, bronze: bronze.sums[field] ?? null },
        ]),
      ),
    },
  });
  return outcome;
}

function differingSums(totals: SourceTotals, bronze: RelationTotals): string[] {
  return Object.keys(totals.sums).filter(
    (field) => canonical(totals.sums[field]) !== canonical(bronze.sums[field]),
  );
}

/** Source and bronze may show another number of decimals of one sum. */
function canonical(sum: string | null | undefined): string {
  if (sum == null) return '';
  return sum.includes('.') ? sum.replace(/\.?0+$/, '') : sum;
}
