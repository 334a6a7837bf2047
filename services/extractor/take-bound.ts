import { getSourceBound, observeSourceBound } from '#shared/ledger/source-bounds.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import type { BoundReading } from '#shared/sources/postgres/read-bound.ts';
import type { ExtractorDeps } from './extractor-deps.ts';

/**
 * Reads a source's bound and stores what must be remembered of it (prepared transactions) before it is used.
 *
 * Two slices of one source may do this at once: each bound is sound by its own two readings, the kept one never
 * falls, and of a prepared transaction seen by both the lower bound is kept.
 */
export async function takeBound(
  deps: ExtractorDeps,
  pipeline: PipelineDeclaration,
  sourceName: string,
): Promise<BoundReading> {
  const source = deps.sources.get(pipeline, sourceName);
  const key = `${pipeline.name}/${sourceName}`;
  const last = await getSourceBound(deps.ledger, key);
  const previous = last === undefined ? undefined : { lastBound: last.bound, prepared: last.prepared };
  const reading = await source.readBound({ previous });
  await observeSourceBound(deps.ledger, key, (kept) => ({
    bound: reading.state.lastBound,
    prepared: lowerOf(reading.state.prepared, kept?.prepared ?? {}),
  }));
  deps.metrics.heldBackSeconds.set({ source: key }, reading.heldBackMs / 1_000);
  if (reading.beganBelowBound !== null) {
    deps.log.error(
      { source: key, pid: reading.beganBelowBound.pid },
      'a transaction began below a bound given out',
    );
  }
  return reading;
}

type Prepared = Readonly<Record<string, bigint>>;

function lowerOf(seen: Prepared, kept: Prepared): Prepared {
  return Object.fromEntries(
    Object.entries(seen).map(([xid, bound]) => {
      const other = kept[xid];
      return [xid, other !== undefined && other < bound ? other : bound];
    }),
  );
}
