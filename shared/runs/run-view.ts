import type { Run } from '#shared/ledger/runs.ts';

/** A run as people and programs see it: HTTP and command line print the same. */
export function runView(run: Run) {
  return {
    runId: run.runId,
    pipeline: run.pipeline,
    schedule: run.schedule ?? (typeof run.params['schedule'] === 'string' ? run.params['schedule'] : null),
    kind: run.kind,
    status: run.status,
    logicalTime: run.logicalTime,
    asOf: run.asOf,
    streams: run.streams,
    layers: run.layers,
    requestedBy: run.requestedBy,
    requestedAt: run.requestedAt,
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
  };
}

export type RunView = ReturnType<typeof runView>;
