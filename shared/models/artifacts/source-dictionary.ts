import { placeOfSource } from '../compile/relation-value.ts';
import type { ProjectGraph, SourceNode } from '../project/project.ts';
import { isMapping } from '../project/read-yaml.ts';
import { columnsDictionary } from './column-dictionary.ts';
import type { Dictionary } from './config-dictionary.ts';
import { ownFile } from './inner-path.ts';
import { printedRelation } from './node-dictionary.ts';

const NO_QUOTING: Dictionary = { database: null, schema: null, identifier: null, column: null };
const NO_PERIOD: Dictionary = { count: null, period: null };

/** A source table as manifest v12 has it. */
export function sourceDictionary(graph: ProjectGraph, source: SourceNode): Dictionary {
  const { properties, packageName } = source;
  const { sourceEntry, entry, config } = properties;
  const file = ownFile(graph, { file: properties.file, packageName });
  const database = source.database ?? graph.options.target.database;
  const freshness = freshnessOf([sourceEntry['freshness'], entry['freshness'], config['freshness']]);
  const tags = [...new Set([...list(sourceEntry['tags']), ...list(entry['tags']), ...list(config['tags'])])];
  const meta = { ...mapping(sourceEntry['meta']), ...mapping(entry['meta']), ...mapping(config['meta']) };
  const loadedAt =
    config['loaded_at_field'] ?? entry['loaded_at_field'] ?? sourceEntry['loaded_at_field'] ?? null;
  const loadedAtQuery =
    config['loaded_at_query'] ?? entry['loaded_at_query'] ?? sourceEntry['loaded_at_query'] ?? null;
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
      ...mapping(graph.settings.quoting),
      ...mapping(sourceEntry['quoting']),
      ...mapping(entry['quoting']),
    },
    loaded_at_field: loadedAt,
    loaded_at_query: loadedAtQuery,
    freshness,
    external: entry['external'] ?? null,
    description: properties.description,
    columns: columnsDictionary(properties.columns),
    meta,
    source_meta: mapping(sourceEntry['meta']),
    tags,
    config: {
      enabled: true,
      event_time: config['event_time'] ?? null,
      freshness,
      loaded_at_field: loadedAt,
      loaded_at_query: loadedAtQuery,
      meta,
      tags,
    },
    patch_path: null,
    unrendered_config: config,
    relation_name: printedRelation(placeOfSource(source, graph.options.target), source.relation),
    created_at: Date.now() / 1_000,
    unrendered_database: properties.database ?? null,
    unrendered_schema: properties.schema ?? null,
    doc_blocks: [],
  };
}

/** The innermost says what holds; `freshness: null` turns it off. */
function freshnessOf(levels: readonly unknown[]): Dictionary | null {
  let freshness: Record<string, unknown> | null = null;
  for (const level of levels) {
    if (level === null) freshness = null;
    else if (isMapping(level)) freshness = { ...(freshness ?? {}), ...level };
  }
  if (freshness === null) return null;
  return {
    warn_after: { ...NO_PERIOD, ...mapping(freshness['warn_after']) },
    error_after: { ...NO_PERIOD, ...mapping(freshness['error_after']) },
    filter: freshness['filter'] ?? null,
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

const mapping = (value: unknown): Dictionary => (isMapping(value) ? value : {});
const list = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
