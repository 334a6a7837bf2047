import type { Contract } from '#shared/pipeline/contract.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { csvRelation } from './csv-relation.ts';
import { type ColumnCheck, contractSql } from './field-sql.ts';
import { sqlText } from './sql-text.ts';

/** How `_version` is made; see `shared/contracts/system-columns.ts`. */
export interface VersionStamp {
  readonly kind: 'cursor-then-ordinal' | 'ordinal';
  /** Lower-case hex of the source's ordinal (LSN and window). */
  readonly suffix: string;
}

/** What the SQL of one conversion is made of. */
export interface ConversionPlan {
  readonly contract: Contract;
  readonly csvPath: string;
  readonly version: VersionStamp;
  readonly slice: string;
}

/** Counts rejected rows while good ones are written; a temporary sequence of the connection. */
export const REJECT_COUNTER = 'penstock_rejected';

const CURSOR_CHECK: ColumnCheck = {
  column: '_cursor',
  code: 'type',
  passes: `("_cursor" is null or "_cursor#"::VARCHAR = "_cursor")`,
  implied: false,
};

/** The checks of a conversion in reporting order: the contract's fields, then the cursor. */
export function conversionChecks(contract: Contract): readonly ColumnCheck[] {
  return [...contractSql(contract).checks, CURSOR_CHECK];
}

/**
 * Good rows, typed and stamped. A row that fails advances the counter and is dropped. Because the predicate is
 * volatile, DuckDB evaluates it once, above the casts.
 */
export function goodRowsSql(plan: ConversionPlan, maxRowBytes: number): string {
  const sql = contractSql(plan.contract);
  const needed = [...sql.checks, CURSOR_CHECK].filter((check) => !check.implied);
  const columns = [
    ...sql.columns,
    `"_cursor#" as "_cursor"`,
    `${versionSql(plan.version)} as "_version"`,
    `${sql.rowHash} as "_row_hash"`,
    `${sqlText(plan.slice)} as "_slice"`,
  ];
  return `select ${columns.join(',\n ')}
    from (${castRowsSql(plan, maxRowBytes, '')})
    where case when ${conjunction(needed, plan.contract)} then true else nextval('${REJECT_COUNTER}') < 0 end`;
}

/**
 * Rejected rows as text with `#ordinal` (from 1) and `#check`, the index of the first failed one in
 * {@link conversionChecks}.
 */
export function rejectedRowsSql(plan: ConversionPlan, maxRowBytes: number): string {
  const checks = conversionChecks(plan.contract);
  const raw = [...Object.keys(plan.contract.fields), '_cursor'].map(quoteIdent);
  const branches = checks.map((check, index) => `when not coalesce(${check.passes}, false) then ${index}`);
  const needed = checks.filter((check) => !check.implied);
  return `select ${raw.join(', ')}, "#ordinal", case ${branches.join('\n ')} end as "#check"
    from (${castRowsSql(plan, maxRowBytes, ', row_number() over () as "#ordinal"')})
    where not coalesce(${conjunction(needed, plan.contract)}, false)
    order by "#ordinal"`;
}

function castRowsSql(plan: ConversionPlan, maxRowBytes: number, more: string): string {
  const names = [...Object.keys(plan.contract.fields), '_cursor'];
  const casts = [...contractSql(plan.contract).casts, `try_cast("_cursor" as BIGINT) as "_cursor#"`];
  const relation = csvRelation(plan.csvPath, names, maxRowBytes);
  return `select ${[...names.map(quoteIdent), ...casts].join(',\n ')}${more} from ${relation}`;
}

/** Every check in one predicate. A required column's other checks are NULL for NULL, which is as good as false. */
function conjunction(checks: readonly ColumnCheck[], contract: Contract): string {
  const checked = new Set(checks.map((check) => check.column));
  const unchecked = Object.entries(contract.fields)
    .filter(([name, field]) => !field.nullable && !checked.has(name))
    .map(([name]) => `${quoteIdent(name)} is not null`);
  return [...unchecked, ...checks.map((check) => check.passes)].join('\n and ');
}

/**
 * The cursor biased by 2^63, so that hex text orders as the signed integers do; NULL comes first. Only negative
 * cursors become short of 16 digits.
 */
function versionSql({ kind, suffix }: VersionStamp): string {
  if (kind === 'ordinal') return sqlText(suffix);
  const biased = `lower(to_hex(xor("_cursor#", (-9223372036854775808)::BIGINT)))`;
  return `case when "_cursor#" >= 0 then ${biased} when "_cursor#" is null then '0000000000000000'
    else lpad(${biased}, 16, '0') end || ${sqlText(suffix)}`;
}
