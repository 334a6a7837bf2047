import { openRender } from '../compile/render.ts';
import { listOf, type RawConfig } from '../project/config-tree.ts';
import type { SourceNode } from '../project/project.ts';
import type { SourceProperties } from '../project/properties.ts';
import { mappingOf, textOr } from '../project/read-yaml.ts';
import { foldersOf } from './load-tests.ts';
import type { Loading } from './loading.ts';
import { NodeConfig } from './node-config.ts';
import { parseScope } from './parse-scope.ts';
import { freshnessOf } from './source-freshness.ts';

/** Source tables of a package, and those that are turned off. */
export interface ParsedSources {
  /** By key. */
  readonly sources: ReadonlyMap<string, SourceNode>;
  readonly disabled: readonly SourceNode[];
}

/** Reads the source tables of one package. */
export function loadSources(loading: Loading): ParsedSources {
  const sources = new Map<string, SourceNode>();
  const disabled: SourceNode[] = [];
  for (const [name, declared] of loading.properties.sources) {
    const source = sourceOf(name, declared, loading);
    if (source.rawConfig['enabled'] === false) disabled.push(source);
    else sources.set(source.key, source);
  }
  return { sources, disabled };
}

function sourceOf(name: string, declared: SourceProperties, loading: Loading): SourceNode {
  const { own, problems } = loading;
  const { sourceEntry, entry } = declared;
  const fqn = [own.name, ...foldersOf(declared.file, loading), declared.source, declared.name];
  const { raw } = new NodeConfig(loading, 'sources', fqn, declared.config);
  const freshness = freshnessOf(declared, new NodeConfig(loading, 'sources', fqn, {}).raw, (cause) =>
    problems.add(declared.file, declared.line, cause),
  );
  return {
    key: own.isRoot ? name : `${own.name}.${name}`,
    uniqueId: `source.${own.name}.${name}`,
    packageName: own.name,
    name,
    fqn,
    database: declared.database,
    relation: { schema: sourceSchema(declared, loading), name: declared.identifier },
    loader: textOr(entry['loader'] ?? sourceEntry['loader'], ''),
    quoting: { ...mappingOf(sourceEntry['quoting']), ...mappingOf(entry['quoting']) },
    ...freshness,
    rawConfig: { ...raw, tags: tagsOf(raw) },
    properties: declared,
  };
}

const tagsOf = (raw: RawConfig): string[] =>
  [...new Set(listOf(raw['tags']).map((tag) => textOr(tag, '')))].filter(Boolean).sort();

/** A source's schema may be a template, e.g. `{{ target.schema }}_temp`. */
function sourceSchema(properties: SourceProperties, loading: Loading): string {
  const written = properties.schema ?? properties.source;
  if (!written.includes('{{')) return written;
  const node = {
    name: properties.name,
    packageName: loading.own.name,
    uniqueId: `source.${loading.own.name}.${properties.source}.${properties.name}`,
    version: undefined,
    file: properties.file,
    originalFile: properties.file,
    fqn: [properties.source, properties.name],
    resourceType: 'source' as const,
    config: properties.config,
    relation: { schema: '', name: properties.identifier },
  };
  try {
    const render = openRender(parseScope(loading.scope, node, [], undefined));
    return render.render(loading.environment.parse(written, properties.file));
  } catch (error) {
    loading.problems.add(properties.file, properties.line, error instanceof Error ? error.message : 'schema');
    return written;
  }
}
