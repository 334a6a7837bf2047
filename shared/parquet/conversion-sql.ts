import type { Contract } from '#shared/pipeline/contract.ts';
import { LINE_QUOTE } from '#shared/pipeline/line-quote.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import { csvRelation, POSTGRES_QUOTE } from './csv-relation.ts';
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
  /** `suffix` is not used where there are `spools`. */
  readonly version: VersionStamp;
  readonly slice: string;
  /**
   * Rows of several slices: then each line ends, after its cursor, with the id of its spool, values are quoted as
   * `slice-spool.ts` does, and `slice` is not used.
   */
  readonly spools?: readonly SpoolStamp[];
}

/** What the rows of one spool are stamped with. */
export interface SpoolStamp {
  /** From 0, each once, and never much larger than the number of spools there are. */
  readonly id: number;
  readonly slice: string;
  /** As of {@link VersionStamp}. */
  readonly suffix: string;
}

/** Counts rejected rows while good ones are written; a temporary sequence of the connection. */
export const REJECT_COUNTER = 'penstock_rejected';

const CURSOR_CHECK: ColumnCheck = {
  column: '_cursor',
  code: 'type',
  passes: `("_cursor" is null or "_cursor#"::VARCHAR = "_cursor")`,
  implied: false,
};

/** A line that names no spool of the plan. */
const SPOOL_CHECK: ColumnCheck = {
  column: '_slice',
  code: 'required',
  passes: `"#slice" is not null`,
  implied: false,
};

/**
 * The checks of a conversion in reporting order: the contract's fields, then the cursor. Rows from spools have been judged by
 * the projection that made them.
 */
export function conversionChecks({ contract, spools }: ConversionPlan): readonly ColumnCheck[] {
  if (spools === undefined) return [...contractSql(contract).checks, CURSOR_CHECK];
  return [...contractSql(contract, true).checks, CURSOR_CHECK, SPOOL_CHECK];
}

/**
 * Good rows, typed and stamped. A row that fails advances the counter and is dropped. Because the predicate is
 * volatile, DuckDB evaluates it once, above the casts.
 */
export function goodRowsSql(plan: ConversionPlan, maxRowBytes: number): string {
  const sql = contractSql(plan.contract);
  const needed = conversionChecks(plan).filter((check) => !check.implied);
  const columns = [
    ...sql.columns,
    `"_cursor#" as "_cursor"`,
    `${versionSql(plan)} as "_version"`,
    `${sql.rowHash} as "_row_hash"`,
    `${plan.spools === undefined ? sqlText(plan.slice) : '"#slice"'} as "_slice"`,
  ];
  return `select ${columns.join(',\n ')}
    from (${castRowsSql(plan, maxRowBytes, '')})
    where case when ${conjunction(needed, plan.contract)} then true else nextval('${REJECT_COUNTER}') < 0 end`;
}

/**
 * Slice and version suffix of a row, as elements of two lists. Not by a join: its hash table was made of the rows, whose
 * number is not known beforehand, and held all of them.
 */
function stampColumns({ spools }: ConversionPlan): string[] {
  if (spools === undefined) return [];
  const byId: SpoolStamp[] = [];
  for (const spool of spools) byId[spool.id] = spool;
  const listed = (of: (spool: SpoolStamp) => string): string =>
    `[${Array.from(byId, (spool) => (spool === undefined ? 'null' : sqlText(of(spool)))).join(', ')}]`;
  // Never below 1: a negative place would count from the end.
  const place = `try_cast("#spool" as UINTEGER) + 1`;
  return [
    `${listed(({ slice }) => slice)}[${place}] as "#slice"`,
    `${listed(({ suffix }) => suffix)}[${place}] as "#suffix"`,
  ];
}

/**
 * Rejected rows as text with `#ordinal` (from 1) and `#check`, the index of the first failed one in
 * {@link conversionChecks}; with `#spool` where the plan has spools.
 */
export function rejectedRowsSql(plan: ConversionPlan, maxRowBytes: number): string {
  const checks = conversionChecks(plan);
  const raw = textColumns(plan).map(quoteIdent);
  const branches = checks.map((check, index) => `when not coalesce(${check.passes}, false) then ${index}`);
  const needed = checks.filter((check) => !check.implied);
  return `select ${raw.join(', ')}, "#ordinal", case ${branches.join('\n ')} end as "#check"
    from (${castRowsSql(plan, maxRowBytes, ', row_number() over () as "#ordinal"')})
    where not coalesce(${conjunction(needed, plan.contract)}, false)
    order by "#ordinal"`;
}

function castRowsSql(plan: ConversionPlan, maxRowBytes: number, more: string): string {
  const names = textColumns(plan);
  const cursor = `try_cast("_cursor" as BIGINT) as "_cursor#"`;
  const casts = [...contractSql(plan.contract).casts, cursor, ...stampColumns(plan)];
  const quote = plan.spools === undefined ? POSTGRES_QUOTE : LINE_QUOTE;
  const relation = csvRelation(plan.csvPath, names, maxRowBytes, quote);
  return `select ${[...names.map(quoteIdent), ...casts].join(',\n ')}${more} from ${relation}`;
}

/** Columns of the text, in order. */
function textColumns({ contract, spools }: ConversionPlan): string[] {
  const names = [...Object.keys(contract.fields), '_cursor'];
  return spools === undefined ? names : [...names, '#spool'];
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
function versionSql({ version, spools }: ConversionPlan): string {
  const suffix = spools === undefined ? sqlText(version.suffix) : '"#suffix"';
  if (version.kind === 'ordinal') return suffix;
  const biased = `lower(to_hex(xor("_cursor#", (-9223372036854775808)::BIGINT)))`;
  return `case when "_cursor#" >= 0 then ${biased} when "_cursor#" is null then '0000000000000000'
    else lpad(${biased}, 16, '0') end || ${suffix}`;
}
