import { compareCanonical } from './compare-canonical.ts';
import type { Contract } from './contract.ts';
import type { Field, FieldChecks, FieldType } from './field.ts';

/** What checks that depend on today are counted from. */
export interface Today {
  /** The run's date, `YYYY-MM-DD`: age is counted from it, as the retention of partitions is. */
  readonly asOf: string;
  /** What lies ahead is counted from the clock: a run of an earlier date still reads what is there now. */
  readonly now: Date;
}

/**
 * The contract with its checks that depend on today as plain bounds: a value older than `maxAgeMonths`, or further ahead than
 * `maxAheadDays`, is a reject with the code `min` or `max`. A declared bound that is narrower stays.
 */
export function contractAsOf(contract: Contract, today: Today): Contract {
  const fields = Object.entries(contract.fields).map(([name, field]) => [name, fieldAsOf(field, today)]);
  return { ...contract, fields: Object.fromEntries(fields) as Contract['fields'] };
}

/** First day of what a column keeps, `YYYY-MM-DD`; undefined when it keeps everything. */
export function keptFrom({ checks }: Field, asOf: string): string | undefined {
  if (checks.maxAgeMonths === undefined) return undefined;
  const month = Date.UTC(Number(asOf.slice(0, 4)), Number(asOf.slice(5, 7)) - 1 - checks.maxAgeMonths, 1);
  return new Date(month).toISOString().slice(0, 10);
}

function fieldAsOf(field: Field, { asOf, now }: Today): Field {
  const { maxAgeMonths, maxAheadDays, ...checks } = field.checks;
  if (maxAgeMonths === undefined && maxAheadDays === undefined) return field;
  const oldest = keptFrom(field, asOf);
  const newest = maxAheadDays === undefined ? undefined : textOf(field.type, now, maxAheadDays);
  return { ...field, checks: { ...checks, ...narrowed(field.type, checks, oldest, newest) } };
}

const DAY_MS = 86_400_000;

/** An instant some days ahead as the type writes it. */
function textOf(type: FieldType, now: Date, days: number): string {
  const ahead = new Date(now.getTime() + days * DAY_MS).toISOString();
  const day = ahead.slice(0, 10);
  if (type.kind === 'date') return day;
  return `${day} ${ahead.slice(11, 19)}${type.kind === 'timestamptz' ? '+00' : ''}`;
}

function narrowed(
  type: FieldType,
  { min, max }: FieldChecks,
  oldest: string | undefined,
  newest: string | undefined,
): FieldChecks {
  const from =
    min !== undefined && oldest !== undefined && compareCanonical(type, min, oldest) > 0 ? min : oldest;
  const to =
    max !== undefined && newest !== undefined && compareCanonical(type, max, newest) < 0 ? max : newest;
  return { ...(from === undefined ? {} : { min: from }), ...(to === undefined ? {} : { max: to }) };
}
