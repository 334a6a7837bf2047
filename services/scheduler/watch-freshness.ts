import { recordEvent } from '#shared/ledger/events.ts';
import { type ScheduleHistory, scheduleHistories } from '#shared/ledger/schedule-history.ts';
import {
  type FreshnessState,
  type LastFreshness,
  lastFreshness,
  noteFreshness,
} from '#shared/ledger/source-freshness.ts';
import type { PipelineDeclaration } from '#shared/pipeline/declaration.ts';
import { judgeFreshness } from './judge-freshness.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

const STATES: readonly FreshnessState[] = ['pass', 'suspended', 'warn', 'error', 'unknown'];

/**
 * Judges how old every source is by now, also when nothing runs: a source that stopped coming is noticed. A change is an
 * event, and a line in the log where it is bad.
 *
 * @returns how many sources changed.
 */
export async function watchFreshness(deps: SchedulerDeps): Promise<number> {
  const histories = await scheduleHistories(deps.ledger);
  let changed = 0;
  for (const last of await lastFreshness(deps.ledger)) {
    const pipeline = deps.pipelines.get(last.pipeline);
    if (pipeline === undefined) continue;
    if (await judge(deps, pipeline, last, histories)) changed += 1;
  }
  return changed;
}

async function judge(
  deps: SchedulerDeps,
  pipeline: PipelineDeclaration,
  last: LastFreshness,
  histories: readonly ScheduleHistory[],
): Promise<boolean> {
  const { metrics, ledger, log } = deps;
  const now = deps.now();
  const state = judgeFreshness(last, now, bringing(pipeline, last, histories));
  const labels = { pipeline: last.pipeline, source: last.source };
  for (const one of STATES)
    metrics.sourceFreshnessState.set({ ...labels, state: one }, one === state ? 1 : 0);
  if (last.maxLoadedAt === null) metrics.sourceFreshnessSeconds.remove(labels);
  else metrics.sourceFreshnessSeconds.set(labels, (now.getTime() - Date.parse(last.maxLoadedAt)) / 1_000);
  const { pipeline: name, source, maxLoadedAt } = last;
  const change = await noteFreshness(ledger, { pipeline: name, source, state, maxLoadedAt });
  if (change === undefined) return false;
  const isBad = state === 'warn' || state === 'error';
  const facts = { source, state, before: change.before, maxLoadedAt };
  const level = state === 'error' ? 'error' : isBad ? 'warn' : 'info';
  await recordEvent(ledger, { level, type: 'source.freshness', pipeline: name, facts });
  log[level]({ pipeline: name, ...facts }, 'source freshness changed');
  return true;
}

/** The schedules that bring a source: those of its stream, or of the whole pipeline where it is no stream's. */
function bringing(
  pipeline: PipelineDeclaration,
  { source }: LastFreshness,
  histories: readonly ScheduleHistory[],
) {
  const stream = source.slice(source.indexOf('.') + 1);
  const isStream = pipeline.streams[stream] !== undefined;
  return Object.entries(pipeline.schedules)
    .filter(([, { streams }]) => !isStream || streams.includes(stream))
    .map(([name, schedule]) => ({
      schedule,
      history: histories.find((one) => one.pipeline === pipeline.name && one.schedule === name),
    }));
}
