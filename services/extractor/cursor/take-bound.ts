import { withSourceBound } from '#shared/ledger/source-bounds.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import type { BoundReading } from '#shared/sources/postgres/read-bound.ts';
import type { ExtractorDeps } from '../extractor-deps.ts';

/** Reads a source's bound and stores what must be remembered of it (prepared transactions) before it is used. */
export async function takeBound(
  deps: ExtractorDeps,
  pipeline: PipelineDeclaration,
  sourceName: string,
): Promise<BoundReading> {
  const source = deps.sources.get(pipeline, sourceName);
  const key = `${pipeline.name}/${sourceName}`;
  const reading = await withSourceBound(deps.ledger, key, (previous) => source.readBound({ previous }));
  deps.metrics.heldBackSeconds.set({ source: key }, reading.heldBackMs / 1_000);
  if (reading.beganBelowBound !== null) {
    deps.log.error(
      { source: key, pid: reading.beganBelowBound.pid },
      'a transaction began below a bound given out',
    );
  }
  return reading;
}
