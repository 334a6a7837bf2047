import type { RelationName } from '#shared/contracts/names.ts';
import { quoteIdent, quoteRelation } from '#shared/warehouse/quote-identifier.ts';
import type { ModelConfig } from '../project/model-config.ts';
import { isColumn } from './build-relation.ts';
import type { MergeColumns } from './merge-columns.ts';

/** What the statements of a merge are made from. */
export interface MergeParts {
  readonly target: RelationName;
  /** The model's query. */
  readonly sql: string;
  readonly config: ModelConfig;
  readonly columns: MergeColumns;
  /** Condition on the target, `t`, that holds for every row of the incoming keys; undefined for none. */
  readonly within: string | undefined;
}

/**
 * The incoming rows with their columns renamed `s_0`, `s_1`, … and the keys computed as `k_0`, `k_1`, …
 *
 * So no name of the source can be mistaken for one of the target, and a key that is an expression reads the same
 * on both sides.
 */
export function incoming(parts: MergeParts): string {
  const keys = parts.config.uniqueKey.map((key, index) => `${keySql(key)} as k_${index}`);
  const columns = parts.columns.all.map((name) => `${quoteIdent(name)} as ${source(parts, name)}`);
  return `select ${[...keys, ...columns].join(', ')} from (\n${parts.sql}\n) as penstock_query`;
}

/** The incoming rows with the newest copy of each key only; of two copies of one version the larger hash is taken. */
export function newestOnly(parts: MergeParts): string {
  const keys = parts.config.uniqueKey.map((_, index) => `k_${index}`).join(', ');
  const { version, hash } = engineColumns(parts.config);
  return `select distinct on (${keys}) * from (${incoming(parts)}) as penstock_incoming
order by ${keys}, ${source(parts, version)} collate "C" desc, ${source(parts, hash)} collate "C" desc`;
}

/**
 * MERGE of a versioned model that returns its counts in one row: inserted, updated, advanced.
 *
 * Applied is only what is newer than the stored row, compared bytewise. Two different rows of one version cannot
 * come from one snapshot of a sound source; the larger hash then wins, so that the result does not depend on the
 * order of merges. A newer version with the same content writes the version alone: were it left as it is, a copy
 * of in-between age that arrives late would pass for newer and overwrite.
 */
export function versionedMerge(parts: MergeParts, rows: string): string {
  const { version, hash } = engineColumns(parts.config);
  const stored = (name: string): string => `t.${quoteIdent(name)}`;
  const newer = `(${source(parts, version)} collate "C", ${source(parts, hash)} collate "C") > (${stored(version)}, ${stored(hash)})`;
  return `with penstock_merge as (
merge into ${quoteRelation(parts.target)} as t using (${rows}) as s on ${keyMatch(parts)}
when matched and ${newer} and ${source(parts, hash)} = ${stored(hash)} then update set ${assignments(parts, parts.columns.advanced)}
when matched and ${newer} then update set ${assignments(parts, parts.columns.updated)}
when not matched then insert (${names(parts.columns.all)}) values (${sources(parts)})
returning merge_action() as action, old.${quoteIdent(hash)} = new.${quoteIdent(hash)} as same)
select count(*) filter (where action = 'INSERT')::text as inserted,
  count(*) filter (where action = 'UPDATE' and not same)::text as updated,
  count(*) filter (where action = 'UPDATE' and same)::text as advanced from penstock_merge`;
}

/** Rows of a merge, and how many of them it left alone because the stored one is newer; run after it. */
export function comparedCount(parts: MergeParts, rows: string): string {
  const { version } = engineColumns(parts.config);
  const older = `${source(parts, version)} collate "C" < t.${quoteIdent(version)}`;
  return `select count(*)::text as total, count(*) filter (where ${older})::text as stale
from (${rows}) as s join ${quoteRelation(parts.target)} as t on ${keyMatch(parts)}`;
}

/** MERGE of a model without versions: the incoming row wins. A key that comes twice is the server's error. */
export function plainMerge(parts: MergeParts): string {
  const { all, updated } = parts.columns;
  const update = updated.length > 0 ? `when matched then update set ${assignments(parts, updated)}\n` : '';
  return `with penstock_merge as (
merge into ${quoteRelation(parts.target)} as t using (${incoming(parts)}) as s on ${keyMatch(parts)}
${update}when not matched then insert (${names(all)}) values (${sources(parts)})
returning merge_action() as action)
select count(*) filter (where action = 'INSERT')::text as inserted,
  count(*) filter (where action = 'UPDATE')::text as updated from penstock_merge`;
}

/** `=` never matches NULL keys, as in the original. An expression's bare names can only mean the target's columns. */
function keyMatch(parts: MergeParts): string {
  const keys = parts.config.uniqueKey.map(
    (key, index) => `${isColumn(key) ? `t.${quoteIdent(key)}` : `(${key})`} = s.k_${index}`,
  );
  return [...keys, ...(parts.within === undefined ? [] : [parts.within])].join(' and ');
}

export function engineColumns(config: ModelConfig): { version: string; hash: string } {
  return { version: config.versionColumn ?? '_version', hash: config.hashColumn ?? '_row_hash' };
}

const keySql = (key: string): string => (isColumn(key) ? quoteIdent(key) : `(${key})`);
const names = (columns: readonly string[]): string => columns.map(quoteIdent).join(', ');
const source = (parts: MergeParts, name: string): string => `s_${parts.columns.all.indexOf(name)}`;
const sources = (parts: MergeParts): string =>
  parts.columns.all.map((name) => source(parts, name)).join(', ');
const assignments = (parts: MergeParts, columns: readonly string[]): string =>
  columns.map((name) => `${quoteIdent(name)} = ${source(parts, name)}`).join(', ');
