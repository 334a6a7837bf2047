import { PenstockError } from '#shared/errors/penstock-error.ts';
import { type DroppedReport, droppedKeys } from '#shared/ledger/dropped-keys.ts';
import { filesOfRun } from '#shared/ledger/files.ts';
import { rejectCounts } from '#shared/ledger/rejects.ts';
import {
  type ModelReport,
  modelReports,
  type SliceReport,
  sliceReports,
  type TestReport,
  testReports,
} from '#shared/ledger/run-manifest.ts';
import { getRun } from '#shared/ledger/runs.ts';
import { freshnessOf, type RecordedFreshness } from '#shared/ledger/source-freshness.ts';
import {
  incompleteDiscoveries,
  type Task,
  type TaskCount,
  taskCounts,
  tasksOf,
  unsuccessfulTasks,
} from '#shared/ledger/tasks.ts';
import { runErrors } from '#shared/runs/errors.ts';
import { type RunView, runView } from '#shared/runs/run-view.ts';
import type { Stores } from '../stores.ts';

export type TaskView = Pick<
  Task,
  | 'taskId'
  | 'kind'
  | 'stream'
  | 'slice'
  | 'status'
  | 'attempt'
  | 'failures'
  | 'startedAt'
  | 'finishedAt'
  | 'error'
>;

export interface FileView {
  readonly key: string;
  readonly state: string;
  readonly place: string;
  readonly rows: number;
  readonly bytes: number;
  readonly isRejects: boolean;
  /** Why it was quarantined: code, column, …, never a value. */
  readonly reason: string | null;
}

/** Everything the ledger knows of a run. */
export interface RunReport {
  readonly run: RunView & { readonly error: unknown; readonly manifest: unknown };
  readonly slices: readonly SliceReport[];
  /** Shards that listed slices without a valid id, which could be neither read nor named. */
  readonly listedInPart: readonly { readonly slice: string; readonly reason: string }[];
  readonly taskCounts: readonly TaskCount[];
  /** All of them, or those that did not succeed when there are very many. */
  readonly tasks: readonly TaskView[];
  readonly models: readonly ModelReport[];
  readonly tests: { readonly passed: number; readonly notPassed: readonly TestReport[] };
  /** How old the sources were, each measured when the run had merged it or built what reads it. */
  readonly sources: readonly RecordedFreshness[];
  readonly files: readonly FileView[];
  readonly rejects: readonly { stream: string; column: string; code: string; count: number }[];
  /** What was left out because no contract names it. */
  readonly dropped: readonly DroppedReport[];
}

/** A run of more tasks shows only those that did not succeed. */
const MAX_TASKS = 500;

/** @throws PenstockError RUN_NOT_FOUND. */
export async function runReport({ ledger }: Pick<Stores, 'ledger'>, runId: string): Promise<RunReport> {
  const run = await getRun(ledger, runId);
  if (run === undefined) throw new PenstockError(runErrors.notFound, { runId });
  const counts = await taskCounts(ledger, runId);
  const isLarge = counts.reduce((sum, { count }) => sum + count, 0) > MAX_TASKS;
  const [slices, listedInPart, tasks, models, tests, sources, files, rejects, dropped] = await Promise.all([
    sliceReports(ledger, runId),
    incompleteDiscoveries(ledger, runId),
    isLarge ? unsuccessfulTasks(ledger, runId) : tasksOf(ledger, runId),
    modelReports(ledger, runId),
    testReports(ledger, runId),
    freshnessOf(ledger, runId),
    filesOfRun(ledger, runId),
    rejectCounts(ledger, runId),
    droppedKeys(ledger, runId),
  ]);
  return {
    run: { ...runView(run), error: run.error, manifest: run.manifest },
    slices,
    listedInPart,
    taskCounts: counts,
    tasks: tasks.map(taskView),
    models,
    tests,
    sources,
    files: files.map(({ key, state, place, rows, bytes, isRejects, quarantineReason }) => ({
      key,
      state,
      place,
      rows,
      bytes,
      isRejects,
      reason: quarantineReason === null ? null : JSON.stringify(quarantineReason),
    })),
    rejects,
    dropped,
  };
}

function taskView(task: Task): TaskView {
  const { taskId, kind, stream, slice, status, attempt, failures, startedAt, finishedAt, error } = task;
  return { taskId, kind, stream, slice, status, attempt, failures, startedAt, finishedAt, error };
}
