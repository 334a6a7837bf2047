import type { LoadedProject } from '../load/load-project.ts';
import { configFromTree, mergeConfig } from '../project/config-tree.ts';
import type { AnalysisNode, DocNode, GroupNode } from '../project/other-resources.ts';
import type { ProjectGraph } from '../project/project.ts';
import { columnsDictionary } from './column-dictionary.ts';
import { configDictionary, type Dictionary } from './config-dictionary.ts';
import { innerPath, ownFile } from './inner-path.ts';
import { readsDictionary, sha256 } from './node-dictionary.ts';
import { unrenderedConfig } from './unrendered-config.ts';

/** A docs block as manifest v12 has it. */
export function docDictionary(graph: ProjectGraph, doc: DocNode): Dictionary {
  const { name, packageName, originalFile, uniqueId, contents } = doc;
  const roots = graph.packages.find((one) => one.name === packageName)?.settings.docsPaths ?? [];
  const root = roots.find((path) => originalFile.startsWith(`${path}/`));
  return {
    name,
    resource_type: 'doc',
    package_name: packageName,
    path: root === undefined ? originalFile : originalFile.slice(root.length + 1),
    original_file_path: originalFile,
    unique_id: uniqueId,
    block_contents: contents,
  };
}

/** A group as manifest v12 has it. */
export function groupDictionary(graph: ProjectGraph, group: GroupNode): Dictionary {
  const { name, packageName, uniqueId, owner, description, config } = group;
  const originalFile = ownFile(graph, group);
  return {
    name,
    resource_type: 'group',
    package_name: packageName,
    path: innerPath(graph, { originalFile, packageName }),
    original_file_path: originalFile,
    unique_id: uniqueId,
    owner: { email: owner['email'] ?? null, name: owner['name'] ?? null },
    description: description === '' ? null : description,
    config: { meta: {}, ...config },
  };
}

/** An analysis as manifest v12 has it. */
export function analysisDictionary(project: LoadedProject, node: AnalysisNode): Dictionary {
  const { graph } = project;
  const { packageName, name, originalFile, properties } = node;
  // Analyses are configured as models of that path would be.
  const settings = graph.packages.find((one) => one.name === packageName)?.settings;
  const config = configDictionary(
    'analysis',
    mergeConfig(configFromTree(settings?.models ?? {}, node.fqn), node.config),
  );
  const file = properties && ownFile(graph, { file: properties.file, packageName });
  return {
    database: graph.options.target.database,
    schema: graph.options.target.schema,
    name,
    resource_type: 'analysis',
    package_name: packageName,
    path: `analysis/${innerPath(graph, { originalFile, packageName })}`,
    original_file_path: originalFile,
    unique_id: node.uniqueId,
    fqn: [...node.fqn],
    alias: name,
    checksum: { name: 'sha256', checksum: sha256(node.sql.trim()) },
    config,
    tags: config['tags'],
    description: node.description,
    columns: columnsDictionary(node.columns),
    meta: config['meta'],
    group: null,
    docs: config['docs'],
    patch_path: file === undefined ? null : `${packageName}://${file}`,
    build_path: null,
    unrendered_config: unrenderedConfig(graph, 'models', node, node.config),
    created_at: Date.now() / 1_000,
    relation_name: null,
    raw_code: node.sql.trim(),
    doc_blocks: properties?.entry['doc_blocks'] ?? [],
    ...readsDictionary(project, node, node.sql),
    contract: { enforced: false, alias_types: true, checksum: null },
  };
}
