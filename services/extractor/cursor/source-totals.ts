import type { SourceTotals } from '#shared/contracts/source-totals.ts';
import type { WindowPlan } from '#shared/sources/postgres/plan-window.ts';
import type { WindowRead } from '#shared/sources/postgres/read-window.ts';

/**
 * Counts and sums of a window that reads everything, in the snapshot its rows were read in. They cost a second scan, so
 * other windows have none: what a look-back missed shows in the next full comparison.
 *
 * @param read whose stream has ended.
 */
export async function sourceTotals(plan: WindowPlan, read: WindowRead): Promise<SourceTotals | undefined> {
  if (!plan.fullCompare) return undefined;
  const { rows, sums } = await read.summary();
  return { below: plan.to?.toString() ?? null, rows: rows.toString(), sums };
}
