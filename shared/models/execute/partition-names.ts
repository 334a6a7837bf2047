import { hostFunction } from '#shared/template/host/host-function.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { AdapterConnection, PartitionedTable } from '../adapter/adapter.ts';
import { RelationValue } from '../compile/relation-value.ts';
import type { ModelNode } from '../project/project.ts';

/**
 * The name that materialisations find beside the others where the model is in partitions: `partition_sql(step, relation, rows)`, the
 * statements of one step with their semicolons. Steps: `clause`, `delete expired`, `make`, `expired` (a query, empty when nothing expires).
 */
export function partitionNames(
  { config, relation }: ModelNode,
  connection: AdapterConnection,
  today: string,
): [string, Value][] {
  const { partitions, unlogged } = config;
  if (partitions === undefined) return [];
  const name = (value: Value | undefined): string =>
    value instanceof RelationValue ? value.toText() : typeof value === 'string' ? value : '';
  const partitionSql = hostFunction('partition_sql', ({ args: [step, table, rows] }) => {
    const of: PartitionedTable = { table: name(table), base: relation.name, partitions, today, unlogged };
    return connection.partitionSql(name(step), of, name(rows));
  });
  return [['partition_sql', partitionSql]];
}
