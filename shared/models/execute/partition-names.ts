import { hostFunction } from '#shared/template/host/host-function.ts';
import type { Value } from '#shared/template/values/value.ts';
import { RelationValue } from '../compile/relation-value.ts';
import {
  deleteExpired,
  expiredPartitions,
  makePartitions,
  type PartitionedTable,
  partitionClause,
} from '../postgres/partition-sql.ts';
import type { ModelNode } from '../project/project.ts';

/**
 * The name that materialisations find beside the others where the model is in partitions: `partition_sql(step, relation, rows)`, the
 * statements of one step with their semicolons. Steps: `clause`, `delete expired`, `make`, `expired` (a query, empty when nothing expires).
 */
export function partitionNames({ config, relation }: ModelNode, today: string): [string, Value][] {
  const { partitions, unlogged } = config;
  if (partitions === undefined) return [];
  const sqlOf = (step: string, table: string, rows: string): string => {
    const of: PartitionedTable = { table, base: relation.name, partitions, today, unlogged };
    if (step === 'clause') return partitionClause(partitions);
    if (step === 'make') return `${makePartitions(of, rows)};`;
    if (step === 'expired') return expiredPartitions(of) ?? '';
    const deletes = deleteExpired(of, rows);
    return deletes === undefined ? '' : `${deletes};`;
  };
  const name = (value: Value | undefined): string =>
    value instanceof RelationValue ? value.toText() : typeof value === 'string' ? value : '';
  return [
    [
      'partition_sql',
      hostFunction('partition_sql', ({ args }) => sqlOf(name(args[0]), name(args[1]), name(args[2]))),
    ],
  ];
}
