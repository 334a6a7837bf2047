import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import { sliceReports } from '#shared/ledger/run-manifest.ts';
import { tasksOf } from '#shared/ledger/tasks.ts';
import { requestRun } from '#shared/runs/request-run.ts';
import { duration, grouped } from '../table.ts';
import { watchRun } from '../watch-run.ts';
import type { DemoRun, StreamOutcome } from './demo-outcome.ts';
import type { DemoState } from './demo-state.ts';

/** Asks for a run as a user would, and waits for its end. */
export async function demoRun(
  state: DemoState,
  title: string,
  logicalTime: Date,
  say: (text: string) => void,
): Promise<DemoRun> {
  const { platform, signal } = state;
  const startedAt = performance.now();
  const { run } = await requestRun(platform, pipelineNamed(platform.pipelines, 'credit'), {
    kind: 'manual',
    logicalTime,
    requestedBy: 'demo',
  });
  const closed = await watchRun(platform.ledger, run.runId, say, signal);
  const streams = await streamOutcomes(state, run.runId);
  const { runId, status, asOf } = closed;
  return { title, runId, status, asOf, durationMs: performance.now() - startedAt, streams };
}

async function streamOutcomes({ platform }: DemoState, runId: string): Promise<StreamOutcome[]> {
  const [slices, tasks] = await Promise.all([
    sliceReports(platform.ledger, runId),
    tasksOf(platform.ledger, runId),
  ]);
  return slices.map((slice) => {
    const ofStream = tasks.filter(({ stream }) => stream === slice.stream);
    const merge = ofStream.find(({ kind }) => kind === 'merge');
    const extract = ofStream.find(({ kind }) => kind === 'extract');
    return {
      stream: slice.stream,
      mode: String(extract?.result?.['mode'] ?? 'nothing new'),
      rowsRead: slice.rows,
      rejectedRows: slice.rejectedRows,
      inserted: Number(merge?.result?.['inserted'] ?? 0),
      updated: Number(merge?.result?.['updated'] ?? 0),
      merge: merge?.status ?? 'none',
      heldBackMs: slice.heldBackMs,
      heldBackBy: slice.heldBackBy,
    };
  });
}

/** A run in one line, and a line below for each stream. */
export function describeRun(run: DemoRun): { summary: string; details: string[] } {
  const summary = `${run.runId} ${run.status}, as of ${run.asOf}, ${duration(run.durationMs)}`;
  return { summary, details: run.streams.map(describeStream) };
}

function describeStream(one: StreamOutcome): string {
  const parts = [
    `${one.stream}: ${one.mode}, ${grouped(one.rowsRead)} rows read`,
    `${grouped(one.inserted)} inserted, ${grouped(one.updated)} updated`,
  ];
  if (one.rejectedRows > 0) parts.push(`${grouped(one.rejectedRows)} rejected`);
  if (one.heldBackBy !== null) {
    parts.push(`bound held back ${duration(one.heldBackMs)} by ${one.heldBackBy}`);
  }
  return parts.join(', ');
}
