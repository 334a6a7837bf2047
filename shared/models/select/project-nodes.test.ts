import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openProject } from '../open-project.ts';
import { selectableNodes } from './project-nodes.ts';
import type { SelectableNode } from './selectable-node.ts';

const PROJECT = join(import.meta.dirname, '../../../test/fixtures/projects/selection');
const target = { name: 'dev', schema: 'dev', database: 'd', type: 'postgres', threads: 1 };

it('sees every node of a project as the original does', async () => {
  const expected: Record<string, unknown>[] = JSON.parse(readFileSync(join(PROJECT, 'nodes.json'), 'utf8'));
  const { graph } = await openProject(PROJECT, { target });
  const nodes = new Map(selectableNodes(graph).map((node) => [node.uniqueId, node]));
  for (const { config, ...node } of expected) {
    const found = nodes.get(String(node['uniqueId']));
    // Kinds that loading does not know yet.
    if (found === undefined && ['unit_test', 'analysis'].includes(String(node['resourceType']))) continue;
    expect(plain(found)).toEqual(node);
    expect(found?.config()).toMatchObject(sortedTags(config));
  }
  expect(
    nodes
      .keys()
      .filter((id) => !expected.some(({ uniqueId }) => uniqueId === id))
      .toArray(),
  ).toEqual([]);
});

/** Without Penstock's own, and what is undefined or only said of a few. */
function plain(node: SelectableNode | undefined): unknown {
  if (node === undefined) return undefined;
  const { config: _config, layer: _layer, isEmpty, ...rest } = node;
  const sorted = { ...rest, tags: [...rest.tags].sort(), dependsOn: [...rest.dependsOn].sort() };
  return JSON.parse(JSON.stringify(isEmpty === true ? { ...sorted, isEmpty } : sorted));
}

function sortedTags(config: unknown): Record<string, unknown> {
  const { tags: _tags, ...rest } = config as Record<string, unknown>;
  return rest;
}
