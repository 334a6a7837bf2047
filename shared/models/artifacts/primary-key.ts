import type { ModelNode, ProjectGraph, TestNode } from '../project/project.ts';
import { isMapping, textOr } from '../project/read-yaml.ts';
import { graphIndex } from './graph-index.ts';

/**
 * The columns that look like a model's key (`contracts/graph/nodes.py`, `infer_primary_key`): of a constraint, else those tested unique and
 * not null, else those tested unique.
 */
export function primaryKeyOf(graph: ProjectGraph, node: ModelNode): string[] {
  const ofModel = listOf(node.properties?.entry['constraints']).find(isPrimaryKey);
  if (isMapping(ofModel)) return listOf(ofModel['columns']).map((name) => textOr(name, ''));
  const column = node.columns.find(({ entry }) => listOf(entry['constraints']).some(isPrimaryKey));
  if (column !== undefined) return [column.name];
  const tests = graphIndex(graph).testsOf.get(node.key) ?? [];
  const tested = (...names: string[]) =>
    new Set(tests.filter((test) => names.includes(nameOf(test))).flatMap(columnsOf));
  const unique = tested('unique', 'unique_combination_of_columns');
  const both = [...tested('not_null')].filter((name) => unique.has(name));
  return both.length > 0 ? both : [...unique];
}

const nameOf = ({ test }: TestNode): string => test.split('.').at(-1) ?? test;

function columnsOf({ column, args }: TestNode): string[] {
  if (column !== undefined) return [column];
  return listOf(args['combination_of_columns']).filter((name) => typeof name === 'string');
}

const isPrimaryKey = (constraint: unknown): boolean =>
  isMapping(constraint) && constraint['type'] === 'primary_key';

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
