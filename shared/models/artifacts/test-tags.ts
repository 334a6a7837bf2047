import { listOf } from '../project/config-tree.ts';
import type { ProjectGraph, TestNode } from '../project/project.ts';
import { isMapping, textOr } from '../project/read-yaml.ts';

/**
 * Tags of a data test, sorted: its own, its column's, and of a source table's test those of table and source (`schema_generic_tests.py`). A
 * model's own are not its tests'.
 */
export function testTags(graph: ProjectGraph, { config, column, subject }: TestNode): string[] {
  const source = subject?.kind === 'source' ? graph.sources.get(subject.key)?.properties : undefined;
  const model = subject?.kind === 'ref' ? graph.models.get(subject.key) : undefined;
  const columns = source?.columns ?? model?.columns ?? [];
  const above = column === undefined ? undefined : columns.find(({ name }) => name === column)?.entry;
  const entries = [above, source?.entry, source?.sourceEntry].filter((entry) => entry !== undefined);
  const inherited = entries.flatMap((entry) => [
    ...listOf(entry['tags']),
    ...(isMapping(entry['config']) ? listOf(entry['config']['tags']) : []),
  ]);
  const tags = [...listOf(config.raw['tags']), ...inherited].map((tag) => textOr(tag, ''));
  return [...new Set(tags)].sort();
}
