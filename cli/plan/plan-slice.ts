import { modeOf } from '#services/extractor/cursor/window-mode.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { getWatermark } from '#shared/ledger/watermarks.ts';
import type { PipelineDeclaration, StreamDeclaration } from '#shared/pipeline/declaration.ts';
import { watermarkTypeOf } from '#shared/pipeline/watermark-type.ts';
import type { RunPlan } from '#shared/runs/plan-run.ts';
import type { PlannedSlice } from '#shared/runs/slices-of.ts';
import { watermarkText } from '../watermark-text.ts';

/** One slice as the extractor would read it now. */
export interface SlicePlan {
  readonly stream: string;
  readonly slice: string;
  readonly shard: string;
  /** As the ledger names it. */
  readonly mode: 'full' | 'incremental';
  readonly reason: string;
  /** Where the last window ended; null before the first load. */
  readonly watermark: string | null;
}

/** Plans how a slice is read, from its watermark and what its stream declares. */
export async function planSlice(
  ledger: Ledger,
  pipeline: PipelineDeclaration,
  plan: Pick<RunPlan, 'kind' | 'logicalTime'>,
  planned: PlannedSlice,
): Promise<SlicePlan> {
  const { stream, slice } = planned;
  const declared = pipeline.streams[stream];
  if (declared === undefined) throw new Error(`stream ${stream} was planned and is not declared`);
  const moved = await getWatermark(ledger, pipeline.name, stream, slice);
  const cursor = moved?.cursor ?? null;
  const watermark = cursor === null ? null : watermarkText(cursor, watermarkTypeOf(declared));
  const slot = { pipeline: pipeline.name, stream, slice };
  return { ...planned, ...(await modeAndReason(ledger, plan, slot, declared, cursor)), watermark };
}

async function modeAndReason(
  ledger: Ledger,
  plan: Pick<RunPlan, 'kind' | 'logicalTime'>,
  slot: { readonly pipeline: string; readonly stream: string; readonly slice: string },
  declared: StreamDeclaration,
  cursor: bigint | null,
): Promise<Pick<SlicePlan, 'mode' | 'reason'>> {
  if (declared.kind === 'snapshot') return { mode: 'full', reason: 'the state now, of every slice there is' };
  if (declared.kind === 'objects') return { mode: 'incremental', reason: 'objects not read yet' };
  if (declared.kind === 'period') return { mode: 'incremental', reason: daysOf(declared, cursor) };
  const { kind } = await modeOf(ledger, plan, slot, declared, cursor);
  if (kind === 'incremental') return { mode: 'incremental', reason: 'from the watermark' };
  if (kind === 'full-compare') return { mode: 'full', reason: 'a full comparison is due' };
  return { mode: 'full', reason: cursor === null ? 'first load' : 'full refresh' };
}

function daysOf(
  { firstDays, lateDays }: Extract<StreamDeclaration, { readonly kind: 'period' }>,
  cursor: bigint | null,
): string {
  return cursor === null
    ? `the first ${firstDays} days, of every slice there is`
    : `days not fetched yet, and the ${lateDays} before again`;
}
