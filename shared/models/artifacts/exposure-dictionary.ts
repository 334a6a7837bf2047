import type { ExposureNode, ProjectGraph } from '../project/project.ts';
import { mappingOf } from '../project/read-yaml.ts';
import type { Dictionary } from './config-dictionary.ts';
import { innerPath } from './inner-path.ts';
import { versionValue } from './version-value.ts';

/** An exposure as manifest v12 has it. */
export function exposureDictionary(graph: ProjectGraph, node: ExposureNode): Dictionary {
  const { entry, config, description } = node.properties;
  const models = node.refs.flatMap((key) => graph.models.get(key) ?? []);
  const sources = node.sources.flatMap((key) => graph.sources.get(key) ?? []);
  const tags = config['tags'] ?? entry['tags'] ?? [];
  const meta = config['meta'] ?? entry['meta'] ?? {};
  const owner = mappingOf(entry['owner']);
  return {
    name: node.name,
    resource_type: 'exposure',
    package_name: node.packageName,
    path: innerPath(graph, { originalFile: node.file, packageName: node.packageName }),
    original_file_path: node.file,
    unique_id: node.uniqueId,
    fqn: [...node.fqn],
    type: entry['type'] ?? 'analysis',
    owner: { email: owner['email'] ?? null, name: owner['name'] ?? null },
    description,
    label: entry['label'] ?? null,
    maturity: entry['maturity'] ?? null,
    meta,
    tags,
    config: { enabled: true, tags, meta },
    unrendered_config: mappingOf(entry['config']),
    url: entry['url'] ?? null,
    depends_on: { macros: [], nodes: [...sources, ...models].map(({ uniqueId }) => uniqueId) },
    refs: models.map(({ name, version }) => ({ name, package: null, version: versionValue(version) })),
    sources: sources.map(({ properties }) => [properties.source, properties.name]),
    metrics: [],
    created_at: Date.now() / 1_000,
  };
}
