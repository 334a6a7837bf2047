import type pg from 'pg';
import type { RelationName } from '#shared/contracts/names.ts';
import { buildLayers } from '#shared/models/build/build-layers.ts';
import type { BuildRequest, BuildResult } from '#shared/models/build/build-request.ts';
import type { LoadedProject } from '#shared/models/load/load-project.ts';
import { type BronzeOutcome, mergeBronze } from '#shared/models/merge-bronze.ts';
import type { ModelWarehouse } from '#shared/models/model-warehouse.ts';
import { openPipelineProject } from '#shared/models/open-pipeline-project.ts';
import { pipelineTarget } from '#shared/models/pipeline-target.ts';
import type { ModelVersions } from '#shared/models/plan/plan-build.ts';
import { openPostgresAdapter } from '#shared/models/postgres/postgres-adapter.ts';
import { openPostgresModelWarehouse } from '#shared/models/postgres/postgres-model-warehouse.ts';
import type { BuildTag } from '#shared/models/publish/candidate-names.ts';
import { runSourceTests } from '#shared/models/tests/run-source-tests.ts';
import { openWarehouse } from '#shared/warehouse/open-warehouse.ts';
import { quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import fleet from '../../pipelines/fleet/pipeline.ts';
import { type LandedRow, landRows } from './hashed-table.ts';

export interface MergeOptions {
  /** What `_loaded_at` says, ISO; default the merge's own time. */
  readonly loadedAt?: string;
  /** `YYYY-MM-DD`, default 2026-03-31. */
  readonly asOf?: string;
}

/** The models of the fleet pipeline in a warehouse, fed and built as the transformer does, without ledger and queue. */
export interface FleetModels {
  readonly pool: pg.Pool;
  readonly project: LoadedProject;
  /** Lands rows, tests them as a merge does, merges them into bronze, and lets the models above know. */
  merge(stream: string, rows: readonly LandedRow[], options?: MergeOptions): Promise<BronzeOutcome>;
  /** The same with a hashed table that stands. */
  mergeTable(stream: string, hashed: RelationName, options?: MergeOptions): Promise<BronzeOutcome>;
  /** How the models stand, as a ledger has it. */
  readonly state: ModelVersions;
  /** Tests of the last merge that did not pass, by name. */
  readonly warnings: readonly string[];
  build(asOf: string, over?: Partial<BuildRequest>): Promise<BuildResult>;
  /** Every row as the server prints it in UTC. */
  rows(sql: string): Promise<Record<string, string | null>[]>;
  close(): Promise<void>;
}

export interface FleetModelsOptions {
  /** Folder of the project, default the pipeline's. */
  readonly dir?: string;
  readonly vars?: Readonly<Record<string, string>>;
  /** Default that of an empty warehouse. */
  readonly state?: ModelVersions;
  /** What run ids begin with, default `fleet`: another one in a warehouse that has seen runs. */
  readonly runs?: string;
}

const DEFAULT_AS_OF = '2026-03-31';

/** @param url an empty database, or one that these models were in. */
export async function openFleetModels(url: string, options: FleetModelsOptions = {}): Promise<FleetModels> {
  const staging = openWarehouse({ url, poolSize: 6 });
  const project = await openPipelineProject(
    options.dir ?? fleet.projectDir,
    { target: pipelineTarget('fleet', { database: 'd', threads: 2 }), vars: options.vars ?? {} },
    fleet.streams,
  );
  await staging.pool.query(SLICE_STATUS);
  return new OpenFleetModels(staging, project, { state: {}, runs: 'fleet', ...options });
}

class OpenFleetModels implements FleetModels {
  readonly project: LoadedProject;
  readonly pool: pg.Pool;
  readonly #close: () => Promise<void>;
  readonly #models: ModelWarehouse;
  #state: ModelVersions;
  #warnings: readonly string[] = [];
  readonly #prefix: string;
  #runs = 0;

  constructor(
    warehouse: { readonly pool: pg.Pool; close(): Promise<void> },
    project: LoadedProject,
    { state, runs }: { readonly state: ModelVersions; readonly runs: string },
  ) {
    this.project = project;
    this.#state = state;
    this.#prefix = runs;
    this.pool = warehouse.pool;
    this.#close = () => warehouse.close();
    this.#models = openPostgresModelWarehouse(warehouse);
  }

  get state(): ModelVersions {
    return this.#state;
  }

  get warnings(): readonly string[] {
    return this.#warnings;
  }

  async merge(stream: string, rows: readonly LandedRow[], options?: MergeOptions): Promise<BronzeOutcome> {
    const name = `m${this.#runs + 1}`;
    const hashed = await landRows(this.pool, stream, name, rows, name.slice(1).padStart(12, '0'));
    return this.mergeTable(stream, hashed, options);
  }

  async mergeTable(
    stream: string,
    hashed: RelationName,
    { loadedAt, asOf = DEFAULT_AS_OF }: MergeOptions = {},
  ): Promise<BronzeOutcome> {
    const tag = this.#nextTag();
    await this.#test(stream, hashed, asOf, tag.runId);
    const outcome = await mergeBronze({
      ...{ project: this.project, warehouse: this.#models, model: stream, source: `landing.${stream}` },
      ...{ hashed, tag, stream, batch: 'b', asOf },
      expectedRowsPerFile: await rowsPerFile(this.pool, hashed),
      fileNames: new Map([['1', `${tag.runId}.parquet`]]),
      loadedAt: loadedAt === undefined ? undefined : new Date(loadedAt),
    });
    const version = { version: tag.runId, inputVersions: {}, sqlChecksum: '', asOf: null };
    if (outcome.changed > 0) this.#state = { ...this.#state, [stream]: version };
    return outcome;
  }

  async build(asOf: string, over: Partial<BuildRequest> = {}): Promise<BuildResult> {
    const result = await buildLayers({
      ...{ project: this.project, warehouse: this.#models, adapter: openPostgresAdapter(this) },
      ...{ tag: this.#nextTag(), asOf, layers: ['silver', 'gold'], state: this.#state, threads: 2, ...over },
    });
    this.#state = result.newState;
    return result;
  }

  rows(sql: string): Promise<Record<string, string | null>[]> {
    return asText(this.pool, sql);
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** What a merge waits for. @throws Error naming the tests that stop it. */
  async #test(stream: string, relation: RelationName, asOf: string, runId: string): Promise<void> {
    const run = { asOf, runId, runStartedAt: `${asOf}T00:00:00Z`, invocationId: runId };
    const { passed, results } = await runSourceTests({
      ...{ project: this.project, warehouse: this.#models, source: 'landing', table: stream, relation, run },
    });
    this.#warnings = results.filter(({ status }) => status !== 'pass').map(({ name }) => name);
    if (!passed) throw new Error(`not merged: ${this.#warnings.join(', ')}`);
  }

  #nextTag(): BuildTag {
    this.#runs += 1;
    return { runId: `${this.#prefix}${this.#runs}`, attempt: 1 };
  }
}

async function rowsPerFile(pool: pg.Pool, hashed: RelationName): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ n: number }>(`select count(*)::int as n from ${quoteRelation(hashed)}`);
  return new Map([['1', rows[0]?.n ?? 0]]);
}

async function asText(pool: pg.Pool, sql: string): Promise<Record<string, string | null>[]> {
  const client = await pool.connect();
  try {
    await client.query("set timezone = 'UTC'");
    const types = { getTypeParser: () => (value: string) => value };
    return (await client.query<Record<string, string | null>>({ text: sql, types })).rows;
  } finally {
    await client.query('reset timezone');
    client.release();
  }
}

/** What the engine keeps for models to read. */
const SLICE_STATUS = `create schema if not exists penstock;
create table if not exists penstock.penstock_slice_status (pipeline text, stream text, shard text, slice text, run_id text,
  status text, reason text, last_success_at timestamptz, expected_entities bigint, answered_entities bigint,
  newest_event_at timestamptz, updated_at timestamptz, primary key (pipeline, stream, slice))`;
