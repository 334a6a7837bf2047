import { LANDED_SYSTEM_COLUMNS } from '#shared/contracts/system-columns.ts';
import type { ModelConfig } from '../project/model-config.ts';
import { isColumn } from './build-relation.ts';

/** Which columns a merge writes; names as the target has them. */
export interface MergeColumns {
  readonly all: readonly string[];
  /** Written when a key is there already and its row is replaced. */
  readonly updated: readonly string[];
  /** Written when only the version moved on: what the hash does not cover but reconciliation reads. */
  readonly advanced: readonly string[];
}

/**
 * Columns a merge writes, from the model's configuration.
 *
 * A versioned model always updates its version and hash, whatever merge_update_columns says: a row whose content
 * moved on but whose version did not could be overwritten by an older copy.
 */
export function mergeColumnsOf(all: readonly string[], config: ModelConfig): MergeColumns {
  const keys = new Set(config.uniqueKey.filter(isColumn));
  const excluded = new Set(config.mergeExcludeColumns);
  const wanted = config.mergeUpdateColumns;
  const engine = [config.versionColumn, config.hashColumn].filter((column) => column !== undefined);
  const updated = all.filter(
    (column) =>
      engine.includes(column) ||
      (wanted ? wanted.includes(column) : !keys.has(column) && !excluded.has(column)),
  );
  const system: readonly string[] = LANDED_SYSTEM_COLUMNS;
  const advanced = all.filter(
    (column) =>
      column !== config.hashColumn &&
      !keys.has(column) &&
      (column === config.versionColumn || system.includes(column)),
  );
  return { all, updated, advanced };
}
