import { isMapping, textOr } from './read-yaml.ts';

export type PartitionUnit = 'day' | 'month' | 'year';

/** `partition_by` of a table that is kept in partitions by date. Dates are `YYYY-MM-DD`. */
export interface RangePartitions {
  /** A column of type date, timestamp or timestamptz (cut at UTC). */
  readonly field: string;
  readonly granularity: PartitionUnit;
  /** Partitions that ended so long ago are dropped; undefined keeps everything. */
  readonly retention: { readonly count: number; readonly unit: PartitionUnit } | undefined;
  /** `refuse`: rows without a date, or outside of the window, are an error. `keep`: they go to a default partition, which never expires. */
  readonly strays: 'refuse' | 'keep';
  /** First date that is believed, default 1970-01-01. */
  readonly earliest: string;
  /** First date that is not believed any more, default 2100-01-01. */
  readonly latest: string;
}

const KNOWN = ['type', 'field', 'granularity', 'retention', 'strays', 'earliest', 'latest'];
const UNITS = ['day', 'month', 'year'] as const;

/**
 * Reads `partition_by`. Only `type: range` asks for partitions: what projects write for another warehouse is ignored, as the
 * original does on PostgreSQL.
 *
 * @param raw the value in the configuration.
 * @param complain receives each problem in words.
 */
export function readRangePartitions(
  raw: unknown,
  complain: (cause: string) => void,
): RangePartitions | undefined {
  if (!isMapping(raw) || raw['type'] !== 'range') return undefined;
  const wrong = (cause: string): void => complain(`partition_by: ${cause}`);
  for (const key of Object.keys(raw)) if (!KNOWN.includes(key)) wrong(`unknown key "${key}"`);
  const field = textOr(raw['field'], '');
  if (!/^[A-Za-z_][\w$]*$/.test(field)) wrong('field must name a column');
  const granularity = UNITS.find((unit) => unit === textOr(raw['granularity'], 'month'));
  if (granularity === undefined) wrong('granularity must be day, month or year');
  const strays = textOr(raw['strays'], 'refuse');
  if (strays !== 'refuse' && strays !== 'keep') wrong('strays must be refuse or keep');
  const window = {
    earliest: dateOf(raw['earliest'], '1970-01-01', 'earliest', wrong),
    latest: dateOf(raw['latest'], '2100-01-01', 'latest', wrong),
  };
  if (window.earliest >= window.latest) wrong('earliest must be before latest');
  return {
    ...window,
    field,
    granularity: granularity ?? 'month',
    retention: readRetention(raw['retention'], wrong),
    strays: strays === 'keep' ? 'keep' : 'refuse',
  };
}

function readRetention(value: unknown, wrong: (cause: string) => void): RangePartitions['retention'] {
  if (value === undefined || value === null) return undefined;
  const [, count, unit] = /^([1-9]\d{0,3}) (day|month|year)s?$/.exec(textOr(value, '')) ?? [];
  const known = UNITS.find((one) => one === unit);
  if (known === undefined) {
    wrong(`retention must be a number of days, months or years, e.g. "24 months"`);
    return undefined;
  }
  return { count: Number(count), unit: known };
}

function dateOf(value: unknown, fallback: string, key: string, wrong: (cause: string) => void): string {
  const text = textOr(value, fallback);
  const date = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text))
    return text;
  wrong(`${key} must be a date, e.g. "${fallback}"`);
  return fallback;
}

/** What a partitioned table cannot have, in words. */
export function checkPartitioned(
  partitions: RangePartitions,
  model: {
    readonly materialized: string;
    /** Column lists of unique indexes and of a primary key. */
    readonly uniques: readonly (readonly string[])[];
  },
  complain: (cause: string) => void,
): void {
  const { field, strays } = partitions;
  for (const columns of model.uniques) {
    if (!columns.includes(field))
      complain(
        `partition_by: a unique index over ${columns.join(', ')} must contain the partition's field ${field}`,
      );
  }
  if (strays === 'keep' && model.materialized === 'incremental')
    complain(
      'partition_by: strays: keep is for tables built whole; every later partition would lock it against readers',
    );
}
