import { createHash } from 'node:crypto';
import { bronzeTableOf, LANDING, type RelationName } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { getFiles, type LedgerFile, markMerged } from '#shared/ledger/files.ts';
import { publishModelVersions } from '#shared/ledger/model-runs.ts';
import { getRun, type Run } from '#shared/ledger/runs.ts';
import { settleWindows } from '#shared/ledger/settle-windows.ts';
import { tasksOfStream } from '#shared/ledger/tasks.ts';
import { recordTestResults } from '#shared/ledger/test-results.ts';
import { listWatermarks } from '#shared/ledger/watermarks.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { type BronzeOutcome, mergeBronze } from '#shared/models/merge-bronze.ts';
import type { SourceNode } from '#shared/models/project/project.ts';
import { runSourceTests } from '#shared/models/tests/run-source-tests.ts';
import { taskErrors } from '#shared/task-runner/errors.ts';
import type { TaskContext, TaskOutcome, TaskWork } from '#shared/task-runner/task-runner.ts';
import { transformerErrors } from './errors.ts';
import { measureFreshness } from './measure-freshness.ts';
import { type Reconciliation, reconcileWithSource } from './reconcile-with-source.ts';
import { type LoadedBatch, reloadIfShort } from './reload-if-short.ts';
import { testResultOf } from './test-result-of.ts';
import type { TransformerDeps } from './transformer-deps.ts';

/** Blocking tests on the run's hashed table, bronze merge, then, and only then, the watermark. */
export function mergeStream(deps: TransformerDeps): TaskWork {
  return async (task, context) => {
    const { signal, log } = context;
    await deps.probe.reached('merge.started', task.stream);
    const run = await runOf(deps, task);
    const batch = await loadedBatch(deps, task);
    const outcome = batch === undefined ? undefined : await mergeBatch(deps, task, run, batch, signal);
    await deps.probe.reached('merge.before-watermark', task.stream);
    const who = deps.processId;
    const settled = await settleWindows(deps.ledger, task, {
      pipeline: task.pipeline,
      stream: task.stream,
      who,
    });
    await deps.probe.reached('merge.after-watermark', task.stream);
    await measureLag(deps, task);
    await measureAge(deps, task, run.asOf, context);
    if (settled.held.length > 0) log.warn({ held: settled.held.length }, 'windows hold the watermark');
    const reconciled = await reconcileWithSource(deps, task);
    if (reconciled === 'differs') log.warn('bronze differs from its source');
    return describe(outcome, settled.held.length, reconciled);
  };
}

/** How far behind now the slices of a stream stand; the oldest counts. */
async function measureLag(
  { ledger, metrics }: TransformerDeps,
  { pipeline, stream }: ClaimedTask,
): Promise<void> {
  const cursors = (await listWatermarks(ledger, pipeline, stream)).map(({ cursor }) =>
    Number(cursor / 1_000n),
  );
  if (cursors.length === 0) return;
  metrics.watermarkLagSeconds.set({ pipeline, stream }, (Date.now() - Math.min(...cursors)) / 1_000);
}

/** When rows of the stream last reached bronze. */
async function measureAge(
  deps: TransformerDeps,
  task: ClaimedTask,
  asOf: string,
  context: TaskContext,
): Promise<void> {
  const project = await deps.projects.get(task.pipeline);
  const isOwn = ({ name }: SourceNode): boolean => name === `${LANDING}.${task.stream}`;
  await measureFreshness(deps, task, project, asOf, context, isOwn);
}

async function runOf(deps: TransformerDeps, task: ClaimedTask): Promise<Run> {
  const run = await getRun(deps.ledger, task.runId);
  if (run !== undefined) return run;
  throw new PenstockError(taskErrors.unknownPart, { pipeline: task.pipeline, stream: task.stream });
}

/** What the run's load task of the stream put into its hashed table; undefined when it loaded nothing. */
async function loadedBatch(deps: TransformerDeps, task: ClaimedTask): Promise<LoadedBatch | undefined> {
  const [load] = await tasksOfStream(deps.ledger, task.runId, 'load', task.stream);
  const result = load?.result as { relation?: RelationName; files?: string[] } | null | undefined;
  if (result?.relation === undefined || result.files === undefined) return undefined;
  const files = await getFiles(deps.ledger, result.files);
  return {
    relation: result.relation,
    files: files.filter(({ state }) => state === 'landed' || state === 'merged'),
  };
}

async function mergeBatch(
  deps: TransformerDeps,
  task: ClaimedTask,
  run: Run,
  batch: LoadedBatch,
  signal: AbortSignal,
): Promise<BronzeOutcome> {
  const project = await deps.projects.get(task.pipeline);
  // Together, because a table that a crash has emptied passes every test.
  const testAndMerge = async (loaded: LoadedBatch): Promise<BronzeOutcome> => {
    await testBatch(deps, task, run, project, loaded.relation, signal);
    await deps.probe.reached('merge.tested', task.stream);
    return mergeOnce(deps, task, run, project, loaded, signal);
  };
  const outcome = await reloadIfShort(deps, task, batch, testAndMerge, signal);
  await deps.probe.reached('merge.committed', task.stream);
  await markMerged(
    deps.ledger,
    task,
    batch.files.map(({ fileId }) => fileId),
  );
  if (outcome.changed > 0) await raiseVersion(deps, task, outcome);
  deps.metrics.rows.inc({ step: 'merge', pipeline: task.pipeline, stream: task.stream }, outcome.changed);
  return outcome;
}

async function testBatch(
  deps: TransformerDeps,
  task: ClaimedTask,
  run: Run,
  project: LoadedProject,
  relation: RelationName,
  signal: AbortSignal,
): Promise<void> {
  const scope = {
    asOf: run.asOf,
    runId: run.runId,
    runStartedAt: new Date().toISOString(),
    invocationId: `${run.runId}_${task.attempt}`,
  };
  const request = {
    project,
    warehouse: deps.models,
    source: LANDING,
    table: task.stream,
    relation,
    run: scope,
    signal,
  };
  const { passed, results } = await runSourceTests(request);
  await recordTestResults(
    deps.ledger,
    task,
    results.map((result) => testResultOf(result, task.stream, LANDING)),
  );
  if (passed) return;
  const failed = results
    .filter(({ blocking }) => blocking)
    .map(({ name, failures }) => `${name}: ${failures} rows`);
  throw new PenstockError(transformerErrors.blockedByTests, {
    stream: task.stream,
    tests: failed.join(', '),
  });
}

function mergeOnce(
  deps: TransformerDeps,
  task: ClaimedTask,
  run: Run,
  project: LoadedProject,
  batch: LoadedBatch,
  signal: AbortSignal,
): Promise<BronzeOutcome> {
  return mergeBronze({
    project,
    warehouse: deps.models,
    model: task.stream,
    source: `${LANDING}.${task.stream}`,
    hashed: batch.relation,
    expectedRowsPerFile: new Map(batch.files.map(({ fileId, rows }) => [fileId, rows])),
    fileNames: new Map(batch.files.map(({ fileId, key }) => [fileId, key.slice(key.lastIndexOf('/') + 1)])),
    tag: { runId: run.runId, attempt: task.attempt },
    stream: task.stream,
    batch: batchName(batch.files),
    asOf: run.asOf,
    sourceTable: sourceTableOf(deps, task),
    // What cannot be asked for again is never built anew from one batch.
    fullRefresh:
      run.kind === 'full_refresh' &&
      deps.pipelines.get(task.pipeline)?.streams[task.stream]?.kind === 'cursor',
    signal,
  });
}

/**
 * Deterministic by what is in it: a redelivered merge of the same files is found done. Checksums are part of it, because a
 * ledger that was restored from a backup gives ids out again.
 */
function batchName(files: readonly LedgerFile[]): string {
  const parts = files.map(({ fileId, sha256 }) => `${fileId}:${sha256}`).join(',');
  return createHash('sha256').update(parts).digest('hex').slice(0, 16);
}

function sourceTableOf(deps: TransformerDeps, task: ClaimedTask): string {
  const stream = deps.pipelines.get(task.pipeline)?.streams[task.stream];
  return stream?.kind === 'cursor' ? `${stream.table.schema}.${stream.table.name}` : task.stream;
}

/**
 * Models above rebuild when bronze's version rises, so it rises only when rows changed. A merge that is delivered again
 * may raise it once more: that rebuilds a model too often, never too seldom.
 */
async function raiseVersion(deps: TransformerDeps, task: ClaimedTask, outcome: BronzeOutcome): Promise<void> {
  const checksum = `${bronzeTableOf(task.pipeline, task.stream).name}:${outcome.changed}`;
  await publishModelVersions(deps.ledger, task, [
    { model: task.stream, inputVersions: {}, sqlChecksum: checksum },
  ]);
}

function describe(
  outcome: BronzeOutcome | undefined,
  held: number,
  reconciled: Reconciliation | undefined,
): TaskOutcome {
  const rest = reconciled === undefined ? { held } : { held, reconciled };
  if (outcome === undefined) return { status: 'no_changes', result: { changed: 0, ...rest } };
  const { inserted, updated, advanced, unchanged, stale, duplicates, changed, alreadyApplied } = outcome;
  const counts = { inserted, updated, advanced, unchanged, stale, duplicates, changed, alreadyApplied };
  return { status: changed > 0 ? 'succeeded' : 'no_changes', result: { ...counts, ...rest } };
}
