import { bounded } from '#shared/contracts/names.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { PartitionedTable } from '../adapter/adapter.ts';
import type { RangePartitions } from '../project/range-partitions.ts';
import { literal } from './literal.ts';

/** `partition by …`, to stand behind a table's columns. */
export const partitionClause = ({ field }: RangePartitions): string =>
  `partition by range (${quoteIdent(field)})`;

/** First date that is kept, as SQL, undefined when nothing expires. Only whole partitions expire. */
function firstKept({ partitions, today }: PartitionedTable): string | undefined {
  const { retention, granularity } = partitions;
  if (retention === undefined) return undefined;
  const back = literal(`${retention.count} ${retention.unit}`);
  return `date_trunc('${granularity}', ${literal(today)}::timestamp - interval ${back})::date`;
}

/** Statement that takes rows out of a batch which would be dropped again at once; undefined when nothing expires. */
export function deleteExpired(of: PartitionedTable, rows: string): string | undefined {
  const kept = firstKept(of);
  if (kept === undefined) return undefined;
  const { field, strays, earliest } = of.partitions;
  const believed = strays === 'keep' ? ` and ${quoteIdent(field)} >= ${literal(earliest)}` : '';
  return `delete from ${rows} where ${quoteIdent(field)} < ${kept}${believed}`;
}

/**
 * A statement that makes the partitions which rows need, and those of today and of the next period.
 *
 * Each is made as a table like its parent, indexes included, with a CHECK of its bounds, and attached: that locks no reader out
 * and scans nothing, since the CHECK proves the bounds. The CHECK then goes. Names are `<base>__p<period>_<oid of the parent>`, so
 * that a table built aside has partitions of its own and a swap renames none of them.
 *
 * It raises SQLSTATE 42P17, with a sentence that holds no row value, for rows without a date or outside of the window, for a field
 * of another type, for a table that is not partitioned by the field, and for more than 2,000 partitions.
 *
 * @param rows where the rows are, quoted; a table of the session or any other.
 */
export function makePartitions(of: PartitionedTable, rows: string): string {
  const { table, base, partitions, today, unlogged } = of;
  const { field, granularity, strays, earliest, latest } = partitions;
  const [column, name] = [quoteIdent(field), literal(bounded(base, 40))];
  return `do $penstock$
declare
  parent constant regclass := ${literal(table)}::regclass;
  home constant text := (select quote_ident(n.nspname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = parent);
  kind constant text := (select format_type(atttypid, null) from pg_attribute where attrelid = parent and attname = ${literal(field)} and attnum > 0);
  zone constant text := case when kind = 'timestamp with time zone' then '+00' else '' end;
  nulls bigint; outside bigint; wanted date[]; bucket date; part text; low text; high text;
begin
  if pg_get_partkeydef(parent) is distinct from 'RANGE (' || quote_ident(${literal(field)}) || ')' then
    raise exception using errcode = '42P17', message = format('partition_by: %s is not partitioned by range of %s; rebuild it with a full refresh', parent, ${literal(field)});
  end if;
  if kind is null or kind not in ('date', 'timestamp without time zone', 'timestamp with time zone') then
    raise exception using errcode = '42P17', message = format('partition_by: %s must be a date or timestamp, not %s', ${literal(field)}, kind);
  end if;
  select count(*) filter (where ${column} is null), count(*) filter (where ${column} < ${literal(earliest)} or ${column} >= ${literal(latest)})
    into nulls, outside from ${rows};
  if ${strays === 'refuse'} and nulls + outside > 0 then
    raise exception using errcode = '42P17', message = format(
      'partition_by: %s rows have no %s and %s lie outside of ${earliest} to ${latest}; correct them, set earliest and latest, or strays: keep for a table built whole', nulls, ${literal(field)}, outside);
  end if;
  execute format($sql$
    select array_agg(distinct b order by b) from (
      select date_trunc(${literal(granularity)}, ${column}%s)::date as b from ${rows}
      where ${column} >= ${literal(earliest)} and ${column} < ${literal(latest)}
      union select date_trunc(${literal(granularity)}, day)::date from (values (${literal(today)}::timestamp),
        (${literal(today)}::timestamp + interval '1 ${granularity}')) as ahead(day)) as buckets
  $sql$, case when zone = '' then '' else ' at time zone ''UTC''' end) into wanted;
  if cardinality(wanted) > 2000 then
    raise exception using errcode = '42P17', message = format('partition_by: %s partitions are needed, more than 2000; choose a larger granularity', cardinality(wanted));
  end if;
  foreach bucket in array wanted loop
    part := home || '.' || quote_ident(${name} || '__p' || to_char(bucket, ${literal(PERIOD[granularity])}) || '_' || parent::oid);
    if to_regclass(part) is not null then continue; end if;
    low := quote_literal(bucket::text || zone);
    high := quote_literal((bucket + interval '1 ${granularity}')::date::text || zone);
    execute format('create ${unlogged ? 'unlogged ' : ''}table %s (like %s including all)', part, parent);
    execute format('alter table %s add constraint penstock_bounds check (%I is not null and %I >= %s and %I < %s)',
      part, ${literal(field)}, ${literal(field)}, low, ${literal(field)}, high);
    execute format('alter table %s attach partition %s for values from (%s) to (%s)', parent, part, low, high);
    execute format('alter table %s drop constraint penstock_bounds', part);
  end loop;${strays === 'keep' ? defaultPartition(base, unlogged) : ''}
end $penstock$`;
}

/** SQL of the name a partition of a table has, by the first day of its period. @param bucket SQL of a date. */
export function partitionNameSql({ table, base, partitions }: PartitionedTable, bucket: string): string {
  const period = literal(PERIOD[partitions.granularity]);
  return `${literal(bounded(base, 40))} || '__p' || to_char(${bucket}, ${period}) || '_' || ${literal(table)}::regclass::oid`;
}

const PERIOD = { day: 'YYYYMMDD', month: 'YYYYMM', year: 'YYYY' } as const;

/** Made last: a default partition that is there already would be locked by each attachment. */
const defaultPartition = (base: string, unlogged: boolean): string => `
  part := home || '.' || quote_ident(${literal(bounded(base, 40))} || '__pstray_' || parent::oid);
  if to_regclass(part) is null then
    execute format('create ${unlogged ? 'unlogged ' : ''}table %s partition of %s default', part, parent);
  end if;`;

/**
 * A query of the partitions that have expired, were left half detached (these first: the server takes no other before) or not dropped: `detach` is the statement that detaches one, null
 * where it is detached already, `drop` the one that drops it. Neither may run in a transaction with others. Undefined when nothing expires.
 */
export function expiredPartitions(of: PartitionedTable): string | undefined {
  const kept = firstKept(of);
  if (kept === undefined) return undefined;
  return `with parts as (
    select c.oid, quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name, i.inhdetachpending as pending,
      substring(pg_get_expr(c.relpartbound, c.oid) from $$TO \\('([^']*)'$$) as ends
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
    where i.inhparent = ${literal(of.table)}::regclass)
  select detach, drop from (
  select format('alter table %s detach partition %s %s', ${literal(of.table)}::regclass, name, case when pending then 'finalize' else 'concurrently' end) as detach,
    format('drop table %s', name)
  from parts
  where case when ends ~ ':[0-9]{2}[+-]' then (ends::timestamptz at time zone 'UTC')::date else ends::date end <= ${kept} or pending
  union all
  select null, format('drop table %I.%I', n.nspname, c.relname)
  from pg_class p join pg_class c on c.relnamespace = p.relnamespace and c.relkind = 'r' and not c.relispartition
    and c.relname ~ ('__p[0-9]+_' || p.oid || '$')
  join pg_namespace n on n.oid = c.relnamespace where p.oid = ${literal(of.table)}::regclass
  ) as found (detach, drop) order by coalesce(detach ~ ' finalize$', false) desc, drop`;
}

/** The statements of one step, with their semicolons; those of `expired` are a query, empty when nothing expires. */
export function partitionSql(step: string, of: PartitionedTable, rows: string): string {
  if (step === 'clause') return partitionClause(of.partitions);
  if (step === 'make') return `${makePartitions(of, rows)};`;
  if (step === 'expired') return expiredPartitions(of) ?? '';
  const deletes = deleteExpired(of, rows);
  return deletes === undefined ? '' : `${deletes};`;
}
