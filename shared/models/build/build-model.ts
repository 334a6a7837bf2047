import { describeError } from '#shared/telemetry/describe-error.ts';
import { type CompileOptions, compileModel } from '../compile/compile-model.ts';
import type { RunScope } from '../compile/render-scope.ts';
import { replaceInLiterals } from '../compile/replace-in-literals.ts';
import type { RelationBuild } from '../model-warehouse.ts';
import type { PlanInput } from '../plan/plan-build.ts';
import type { ModelNode, TestNode } from '../project/project.ts';
import { CANDIDATE_MARK, candidateOf } from '../publish/candidate-names.ts';
import { DEFAULT_LIMITS } from '../publish/default-limits.ts';
import { isVerdict } from '../tests/is-verdict.ts';
import { runTest, type TestResult } from '../tests/run-tests.ts';
import type { BuildProgress } from './build-progress.ts';
import type { BuildRequest } from './build-request.ts';
import { limitToBatch } from './limit-to-batch.ts';
import { stateAbove } from './state-above.ts';
import { whileConnected } from './while-connected.ts';

/** What building one model needs beside the model. */
export interface Building {
  readonly request: BuildRequest;
  readonly run: RunScope;
  readonly progress: BuildProgress;
  /** Of every selected model. */
  readonly inputs: ReadonlyMap<string, PlanInput>;
  /** Tests to run inside the transaction of an incremental merge, by model. */
  readonly audits: ReadonlyMap<string, readonly TestNode[]>;
  /** Incremental models whose table exists: they are merged into, not built aside. */
  readonly inPlace: ReadonlySet<string>;
}

/** Builds one model aside, or merges into it; the outcome goes into the progress. It never throws. */
export async function buildModel(building: Building, model: ModelNode): Promise<void> {
  const { progress, request } = building;
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const ms = (): number => Math.round(performance.now() - started);
  try {
    progress.set(model.name, { state: 'waiting', startedAt });
    if (building.inPlace.has(model.name)) await mergeInPlace(building, model);
    else {
      const rows = await buildAside(building, model);
      progress.set(model.name, { state: 'candidate', rows, ms: ms() });
    }
    request.onEvent?.({
      kind: 'model-built',
      model: model.name,
      rows: progress.of(model.name).rows,
      ms: ms(),
    });
  } catch (error) {
    if (!isVerdict(error)) progress.interruption ??= error;
    // A foreign message may quote rows; the reason goes to the ledger, logs and reports.
    const reason = describeError(error).message;
    progress.set(model.name, { state: 'failed', reason, ms: ms() });
    request.onEvent?.({ kind: 'model-failed', model: model.name, reason });
  }
}

/** Names lead to this run's candidates where there are some; sources to what people see. */
export function compileOptions(building: Building, model: string): CompileOptions {
  const { request, run, progress } = building;
  return {
    run,
    resolveRef: (node) =>
      progress.hasCandidate(node.name) ? candidateOf(node.relation, request.tag) : node.relation,
    resolveSource: (source) => source.relation,
    onLog: (message) => request.onEvent?.({ kind: 'log', model, message }),
  };
}

/** A name of a relation that a query carries as data is the one that readers will know, not the candidate's. */
function withPublishedNames({ request, progress }: Building, sql: string): string {
  return replaceInLiterals(sql, CANDIDATE_MARK, () =>
    [...request.project.graph.models.values()]
      .filter(({ name }) => progress.hasCandidate(name))
      .map(({ relation }) => [candidateOf(relation, request.tag).name, relation.name]),
  );
}

async function buildAside(building: Building, model: ModelNode): Promise<number | null> {
  const { warehouse, project, tag, signal } = building.request;
  const candidate = candidateOf(model.relation, tag);
  const compiled = await whileConnected(building.request, model.name, async (more) =>
    compileModel(project, model.name, {
      ...compileOptions(building, model.name),
      ...more,
      hookThis: candidate,
    }),
  );
  const build: RelationBuild = {
    kind: model.config.materialized === 'view' ? 'view' : 'table',
    stable: model.relation,
    candidate,
    sql: withPublishedNames(building, compiled.sql),
    config: model.config,
    description: model.description,
    columns: model.columns,
    preHooks: compiled.preHooks,
    postHooks: compiled.postHooks,
    tag,
    asOf: building.request.asOf,
  };
  return model.seed ? warehouse.buildSeed(build, model.seed, signal) : warehouse.build(build, signal);
}

/** Merge and blocking tests are one transaction: a failed audit leaves the table as it was. */
async function mergeInPlace(building: Building, model: ModelNode): Promise<void> {
  const { request, progress, audits } = building;
  const { project, warehouse, tag, batch = 'models', signal } = request;
  const started = performance.now();
  const mark = `${batch} ${stateAbove(building.inputs, request.state, model.name)}`;
  const options: CompileOptions = { ...compileOptions(building, model.name), incremental: true };
  const compiled = await whileConnected(request, model.name, async (more) =>
    compileModel(project, model.name, { ...options, ...more }),
  );
  const results: TestResult[] = [];
  const counts = await warehouse.mergeIncremental(
    {
      target: model.relation,
      marker: { runId: tag.runId, stream: `model ${model.name}`, batch: mark },
      sql: withPublishedNames(building, compiled.sql),
      config: model.config,
      preHooks: compiled.preHooks,
      postHooks: compiled.postHooks,
      asOf: request.asOf,
      limits: { ...DEFAULT_LIMITS, ...request.limits },
    },
    async (run, batch) => {
      for (const test of audits.get(model.name) ?? []) {
        const limited = { ...options, ...limitToBatch(project, test, model, batch) };
        results.push(await runTest(project, test, limited, run));
      }
      return results.every(({ blocking }) => !blocking);
    },
    signal,
  );
  const ms = Math.round(performance.now() - started);
  progress.set(model.name, { state: 'merged', rows: counts ? counts.inserted + counts.updated : null, ms });
  for (const result of results) {
    progress.judge([model.name], result);
    request.onEvent?.({ kind: 'test-finished', models: [model.name], result });
  }
}
