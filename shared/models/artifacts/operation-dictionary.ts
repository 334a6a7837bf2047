import type { HookOccasion, ProjectHook } from '../invoke/project-hooks.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { configFromTree, listOf } from '../project/config-tree.ts';
import { configDictionary, type Dictionary } from './config-dictionary.ts';
import { macrosOf } from './macro-references.ts';
import { sha256 } from './node-dictionary.ts';
import { unrenderedConfig } from './unrendered-config.ts';

/** A hook of the project as manifest v12 has it. */
export function operationDictionary(
  project: LoadedProject,
  hook: ProjectHook,
  occasion: HookOccasion,
): Dictionary {
  const { database, schema } = project.graph.options.target;
  const { uniqueId, packageName, template } = hook;
  const name = uniqueId.split('.').at(-1) ?? uniqueId;
  const fqn = [packageName, 'hooks', name];
  // Hooks are configured as models of that name would be.
  const settings = project.graph.packages.find((one) => one.name === packageName)?.settings;
  const config = configDictionary('operation', configFromTree(settings?.models ?? {}, fqn));
  return {
    database,
    schema,
    name,
    resource_type: 'operation',
    package_name: packageName,
    path: `hooks/${name}.sql`,
    original_file_path: './dbt_project.yml',
    unique_id: uniqueId,
    fqn,
    alias: name,
    checksum: { name: 'sha256', checksum: sha256(template.trim()) },
    config,
    tags: [...new Set([occasion, ...listOf(config['tags'])])],
    description: '',
    columns: {},
    meta: config['meta'],
    group: null,
    docs: config['docs'],
    patch_path: null,
    build_path: null,
    unrendered_config: unrenderedConfig(project.graph, 'models', { packageName, fqn }, {}),
    created_at: Date.now() / 1_000,
    relation_name: null,
    raw_code: template.trim(),
    doc_blocks: [],
    language: 'sql',
    refs: [],
    sources: [],
    metrics: [],
    depends_on: { macros: macrosOf(project, template, { packageName, file: 'dbt_project.yml' }), nodes: [] },
    compiled_path: null,
    contract: { enforced: false, alias_types: true, checksum: null },
    index: Number(name.split('-').at(-1)),
  };
}
