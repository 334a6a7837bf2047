import type { FreshnessCriteria, FreshnessPeriod, SourceFreshness } from '../project/project.ts';
import type { SourceProperties } from '../project/properties.ts';
import { isMapping, mappingOf, textOr, type YamlMapping } from '../project/read-yaml.ts';

/** When a source table counts as old, and how it is seen. */
export interface DeclaredFreshness {
  readonly freshness: SourceFreshness | undefined;
  /** As artifacts have it; null when it was turned off. */
  readonly criteria: FreshnessCriteria | null;
  readonly loadedAtField: string | undefined;
  readonly loadedAtQuery: string | undefined;
}

/**
 * Merges what source and table say of freshness, each in its own keys and in its `config`; `null` turns it off, and where nothing is
 * said the project file's tree holds (`parser/sources.py`).
 *
 * @param fromTree configuration the project file gives the table.
 */
export function freshnessOf(
  { sourceEntry, entry }: Pick<SourceProperties, 'sourceEntry' | 'entry'>,
  fromTree: YamlMapping,
  complain: (cause: string) => void,
): DeclaredFreshness {
  const levelOf = (one: YamlMapping): Level => ({ entry: one, config: mappingOf(one['config']) });
  const source = levelOf(sourceEntry);
  const table = levelOf(entry);
  const levels = [source.entry, source.config, table.entry, table.config].map((level) => level['freshness']);
  const declared = levels.every((level) => level === undefined) ? [fromTree['freshness']] : levels;
  return { ...settle(declared, complain), ...loadedAt(source, table, fromTree, complain) };
}

interface Level {
  readonly entry: YamlMapping;
  readonly config: YamlMapping;
}

function loadedAt(source: Level, table: Level, fromTree: YamlMapping, complain: (cause: string) => void) {
  const saidOf = ({ entry, config }: Level, key: string): string | undefined =>
    textOr(entry[key], '') || textOr(config[key], '') || undefined;
  for (const level of [source, table]) {
    if (saidOf(level, 'loaded_at_field') && saidOf(level, 'loaded_at_query'))
      complain('loaded_at_field and loaded_at_query exclude each other');
  }
  // `loaded_at_field: null` in a table takes back what the source says.
  const isSet = (key: string): boolean => key in table.entry || table.config[key] !== undefined;
  const pick = (key: string): string | undefined =>
    isSet(key) ? saidOf(table, key) : (saidOf(source, key) ?? (textOr(fromTree[key], '') || undefined));
  const loadedAtField = pick('loaded_at_field');
  const loadedAtQuery =
    isSet('loaded_at_field') && !isSet('loaded_at_query') ? undefined : pick('loaded_at_query');
  return { loadedAtField, loadedAtQuery };
}

function settle(
  levels: readonly unknown[],
  complain: (cause: string) => void,
): Pick<DeclaredFreshness, 'freshness' | 'criteria'> {
  let merged: Record<string, unknown> | undefined = {};
  for (const level of levels) {
    if (level === null) merged = undefined;
    else if (isMapping(level)) merged = mergedWith(merged ?? {}, level);
  }
  if (merged === undefined) return { freshness: undefined, criteria: null };
  const [warnAfter, errorAfter] = [
    periodOf('warn_after', merged, complain),
    periodOf('error_after', merged, complain),
  ];
  const filter = textOr(merged['filter'], '') || undefined;
  const criteria = {
    warn_after: writtenPeriod(warnAfter, merged['warn_after']),
    error_after: writtenPeriod(errorAfter, merged['error_after']),
    filter: filter ?? null,
  };
  if (warnAfter === undefined && errorAfter === undefined) return { freshness: undefined, criteria };
  return { freshness: { warnAfter, errorAfter, filter }, criteria };
}

function mergedWith(before: Readonly<Record<string, unknown>>, level: YamlMapping): Record<string, unknown> {
  const merged = { ...before };
  for (const [key, value] of Object.entries(level)) {
    // A period is whole or counts for nothing (`merge_freshness_time_thresholds`).
    const isPart = isMapping(value) && !isWhole(value);
    merged[key] = isPart ? (merged[key] ?? value) : value;
  }
  return merged;
}

/** `null` turns one of the two off; what nobody says is a period without count. */
const writtenPeriod = (
  period: FreshnessPeriod | undefined,
  written: unknown,
): FreshnessCriteria['warn_after'] =>
  written === null ? null : { count: period?.count ?? null, period: period?.period ?? null };

const isWhole = ({ count, period }: YamlMapping): boolean =>
  (count ?? null) !== null && (period ?? null) !== null;

const PERIODS = ['minute', 'hour', 'day'] as const;

function periodOf(
  key: string,
  freshness: YamlMapping,
  complain: (cause: string) => void,
): FreshnessPeriod | undefined {
  const written = freshness[key];
  if (written === undefined || written === null) return undefined;
  const { count, period } = mappingOf(written);
  const known = PERIODS.find((one) => one === period);
  if ((count ?? period ?? null) === null) return undefined;
  if (typeof count === 'number' && Number.isInteger(count) && known !== undefined)
    return { count, period: known };
  complain(`freshness: ${key} needs a whole count and a period of ${PERIODS.join(', ')}`);
  return undefined;
}
