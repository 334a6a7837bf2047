import { placeOfSource } from '../compile/relation-value.ts';
import { listOf } from '../project/config-tree.ts';
import type { ProjectGraph, SourceNode } from '../project/project.ts';
import { mappingOf } from '../project/read-yaml.ts';
import { columnsDictionary } from './column-dictionary.ts';
import type { Dictionary } from './config-dictionary.ts';
import { ownFile } from './inner-path.ts';
import { printedRelation } from './node-dictionary.ts';

const NO_QUOTING: Dictionary = { database: null, schema: null, identifier: null, column: null };

/** A source table as manifest v12 has it. */
export function sourceDictionary(graph: ProjectGraph, source: SourceNode): Dictionary {
  const { properties, packageName } = source;
  const { sourceEntry, entry, config } = properties;
  const file = ownFile(graph, { file: properties.file, packageName });
  const database = source.database ?? graph.options.target.database;
  const { criteria: freshness, loadedAtField = null, loadedAtQuery = null } = source;
  const levels = [sourceEntry, entry, config];
  const tags = [...new Set(levels.flatMap((level) => listOf(level['tags'])))].sort();
  const meta: Dictionary = Object.assign({}, ...levels.map((level) => mappingOf(level['meta'])));
  return {
    database,
    schema: source.relation.schema,
    name: properties.name,
    resource_type: 'source',
    package_name: packageName,
    path: file,
    original_file_path: file,
    unique_id: source.uniqueId,
    fqn: [packageName, ...foldersOf(graph, source), properties.source, properties.name],
    source_name: properties.source,
    source_description: sourceEntry['description'] ?? '',
    loader: entry['loader'] ?? sourceEntry['loader'] ?? '',
    identifier: properties.identifier,
    quoting: {
      ...NO_QUOTING,
      ...mappingOf(graph.settings.quoting),
      ...mappingOf(sourceEntry['quoting']),
      ...mappingOf(entry['quoting']),
    },
    loaded_at_field: loadedAtField,
    loaded_at_query: loadedAtQuery,
    freshness,
    external: entry['external'] ?? null,
    description: properties.description,
    columns: columnsDictionary(properties.columns),
    meta,
    source_meta: mappingOf(sourceEntry['meta']),
    tags,
    config: sourceConfig(source, { freshness, meta, tags }),
    patch_path: null,
    // As the original writes it of source tables: what all levels say, in one.
    unrendered_config: {
      ...config,
      ...(isSaid(source) ? { freshness } : {}),
      loaded_at_field: loadedAtField,
      loaded_at_query: loadedAtQuery,
      meta,
      tags,
    },
    relation_name: printedRelation(placeOfSource(source, graph.options.target), source.relation),
    created_at: Date.now() / 1_000,
    unrendered_database: properties.database ?? null,
    unrendered_schema: properties.schema ?? null,
    doc_blocks: entry['doc_blocks'] ?? [],
  };
}

function sourceConfig(
  { properties, loadedAtField, loadedAtQuery }: SourceNode,
  inherited: Dictionary,
): Dictionary {
  return {
    enabled: true,
    event_time: properties.config['event_time'] ?? null,
    loaded_at_field: loadedAtField ?? null,
    loaded_at_query: loadedAtQuery ?? null,
    ...inherited,
  };
}

function foldersOf(graph: ProjectGraph, { properties, packageName }: SourceNode): string[] {
  const settings = graph.packages.find(({ name }) => name === packageName)?.settings ?? graph.settings;
  const root = settings.modelPaths.find((path) => properties.file.includes(`${path}/`));
  if (root === undefined) return [];
  const at = properties.file.indexOf(`${root}/`);
  return properties.file
    .slice(at + root.length + 1)
    .split('/')
    .slice(0, -1);
}

/** Somebody says something of freshness, be it that there is none. */
const isSaid = ({ criteria }: SourceNode): boolean =>
  criteria === null ||
  criteria.filter !== null ||
  [criteria.warn_after, criteria.error_after].some((one) => one?.count !== null);
