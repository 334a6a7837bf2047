import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { compileModel, modelNamed, publishedResolution } from './compile/compile-model.ts';
import { modelErrors } from './errors.ts';
import type { LoadedProject } from './load/load-project.ts';
import type { ModelWarehouse, PublishLimits, VersionedOutcome } from './model-warehouse.ts';
import type { BuildTag } from './publish/candidate-names.ts';
import { DEFAULT_LIMITS } from './publish/default-limits.ts';

export interface BronzeMerge {
  readonly project: LoadedProject;
  readonly warehouse: ModelWarehouse;
  readonly model: string;
  /** Source the model reads its batch from, e.g. `landing.installments`; default its only source. */
  readonly source?: string;
  /** This run's own hashed table: never the stable one, which another run may swap. */
  readonly hashed: RelationName;
  /** Rows by ledger file id, as the ledger has them. */
  readonly expectedRowsPerFile: ReadonlyMap<string, number>;
  /** File names by ledger file id, for `_source_file`. */
  readonly fileNames: ReadonlyMap<string, string>;
  readonly tag: BuildTag;
  readonly stream: string;
  /** Names this merge among the run's: redelivered, it is found done. */
  readonly batch: string;
  /** `YYYY-MM-DD`. */
  readonly asOf: string;
  /**
   * What `_loaded_at` says, default the merge's own time by the warehouse's clock: of two merges into one table, which never overlap, the
   * later one's is later, so that a model finds what is new by it.
   */
  readonly loadedAt?: Date | undefined;
  /** What `_source_table` says, default the source's name. */
  readonly sourceTable?: string;
  /** Build aside from this batch alone, then swap. */
  readonly fullRefresh?: boolean;
  readonly limits?: Partial<PublishLimits>;
  readonly signal?: AbortSignal;
}

export interface BronzeOutcome extends VersionedOutcome {
  /** Rows whose content is new or other: what bumps the model's version. */
  readonly changed: number;
}

/**
 * Merges a run's hashed table into its bronze model: one transaction, once in effect.
 *
 * @throws PenstockError `HASHED_TABLE_SHORT` and `HASHED_TABLE_MISSING` (load again), `MODEL_NOT_VERSIONED`,
 *   `BRONZE_COLUMN_MISSING`, those of the server, `TemplateError`.
 */
export async function mergeBronze(merge: BronzeMerge): Promise<BronzeOutcome> {
  const { project, warehouse, tag } = merge;
  const model = modelNamed(project, merge.model);
  const { config } = model;
  const versioned =
    config.materialized === 'incremental' && config.versionColumn && config.uniqueKey.length > 0;
  if (!versioned) throw new PenstockError(modelErrors.notBronze, { model: model.name });
  const source = merge.source ?? model.sources[0] ?? '';
  const startedAt = (merge.loadedAt ?? new Date()).toISOString();
  const loadedAtSql = merge.loadedAt === undefined ? warehouse.statementTime : `'${startedAt}'`;
  const compiled = await compileModel(project, model.name, {
    run: {
      asOf: merge.asOf,
      runId: tag.runId,
      runStartedAt: startedAt,
      invocationId: `${tag.runId}_${tag.attempt}`,
    },
    load: { loadedAtSql, sourceTable: merge.sourceTable ?? source, fileNames: merge.fileNames },
    incremental: true,
    resolveRef: publishedResolution.resolveRef,
    resolveSource: (node) => (node.name === source ? merge.hashed : node.relation),
  });
  const outcome = await warehouse.mergeVersioned(
    {
      target: model.relation,
      sql: compiled.sql,
      config,
      description: model.description,
      columns: model.columns,
      hashed: merge.hashed,
      expectedRowsPerFile: merge.expectedRowsPerFile,
      marker: { runId: tag.runId, stream: merge.stream, batch: merge.batch },
      fullRefresh: (merge.fullRefresh ?? false) && config.fullRefresh !== false,
      tag,
      limits: { ...DEFAULT_LIMITS, ...merge.limits },
      asOf: merge.asOf,
    },
    merge.signal,
  );
  return { ...outcome, changed: outcome.inserted + outcome.updated };
}
