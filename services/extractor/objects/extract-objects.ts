import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { openObjectCount, recordObjects } from '#shared/ledger/objects.ts';
import { getRun } from '#shared/ledger/runs.ts';
import { landWindow, openWindow } from '#shared/ledger/windows.ts';
import { taskErrors } from '#shared/task-runner/errors.ts';
import type { TaskContext, TaskOutcome, TaskWork } from '#shared/task-runner/task-runner.ts';
import { alreadyLanded } from '../already-landed.ts';
import type { ExtractorDeps } from '../extractor-deps.ts';
import { landedStatus } from '../landed-status.ts';
import { findNewObjects } from './find-new-objects.ts';
import { landObjects } from './land-objects.ts';
import type { ObjectsAttempt } from './objects-attempt.ts';

/** No watermark: what is new is known by key and ETag, object by object. */
const NO_WATERMARK = {
  mode: 'incremental',
  fromCursor: null,
  toCursor: null,
  movesWatermark: false,
} as const;

/** Reads every object of a stream that the ledger has not seen, lands the good ones and quarantines the others. */
export function extractObjects(deps: ExtractorDeps): TaskWork {
  return async (task, context) => {
    const landed = await alreadyLanded(deps.ledger, task);
    if (landed !== undefined) return withOpenOnes(deps, task, landed);
    const run = await getRun(deps.ledger, task.runId);
    const pipeline = pipelineNamed(deps.pipelines, task.pipeline);
    const stream = pipeline.streams[task.stream];
    if (run === undefined || stream?.kind !== 'objects') {
      throw new PenstockError(taskErrors.unknownPart, { pipeline: task.pipeline, stream: task.stream });
    }
    const source = deps.stores.get(pipeline, stream.source);
    const workDir = join(deps.workDir, `objects-${task.taskId}-${task.attempt}`);
    const attempt = { task, run, stream, source, workDir, signal: context.signal };
    try {
      return await readAndLand(deps, attempt, context);
    } finally {
      await rm(workDir, { recursive: true, force: true });
    }
  };
}

async function readAndLand(
  deps: ExtractorDeps,
  attempt: ObjectsAttempt,
  { log }: TaskContext,
): Promise<TaskOutcome> {
  const { task } = attempt;
  const found = await findNewObjects(deps, attempt);
  if (found.length === 0) {
    const result = { objects: 0, rows: 0, rejectedRows: 0 };
    return withOpenOnes(deps, task, { status: 'no_changes', result });
  }
  const windowId = await openWindow(deps.ledger, task, NO_WATERMARK);
  await deps.probe.reached('extract.window-opened', task.stream);
  const landed = await landObjects(deps, attempt, windowId, found);
  const { rows, rejectedRows, outcomes } = landed;
  const quarantined = outcomes.filter(({ outcome }) => outcome === 'quarantined').length;
  const result = {
    ...{ window: windowId, objects: found.length, quarantined, rows, rejectedRows },
    ...{ files: landed.files.length, bytes: landed.bytes },
  };
  const counts = { rows, rejectedRows, nullCursorRows: 0, result };
  await landWindow(deps.ledger, task, windowId, counts, landed.files, (tx) =>
    recordObjects(tx, task, windowId, outcomes),
  );
  await deps.probe.reached('extract.file-recorded', task.stream);
  log.info({ objects: found.length, rows, rejectedRows, quarantined }, 'objects landed');
  return withOpenOnes(deps, task, { status: landedStatus(landed), result });
}

/** Objects in quarantine are missing until a person has dealt with them, in this run and in every later one. */
async function withOpenOnes(
  deps: ExtractorDeps,
  { pipeline, stream }: ClaimedTask,
  { status, result }: TaskOutcome,
): Promise<TaskOutcome> {
  const open = await openObjectCount(deps.ledger, pipeline, stream);
  const incomplete = open === 0 ? {} : { incomplete: `${open} object(s) in quarantine` };
  return { status, result: { ...result, ...incomplete } };
}
