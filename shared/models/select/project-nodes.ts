import { configDictionary } from '../artifacts/config-dictionary.ts';
import { innerPath, ownFile } from '../artifacts/inner-path.ts';
import { sourceDictionary } from '../artifacts/source-dictionary.ts';
import { testTags } from '../artifacts/test-tags.ts';
import { listOf, type RawConfig } from '../project/config-tree.ts';
import type { UnitTestNode } from '../project/other-resources.ts';
import type { ExposureNode, ModelNode, ProjectGraph, SourceNode, TestNode } from '../project/project.ts';
import { textOr } from '../project/read-yaml.ts';
import type { MatchContext } from './methods/match-context.ts';
import { parentsOf } from './methods/match-path.ts';
import type { SelectableNode } from './selectable-node.ts';

/** Every node of a project that can be selected. */
export function selectableNodes(graph: ProjectGraph): SelectableNode[] {
  return [
    ...selectableModels(graph),
    ...graph.tests.map((node) => testOf(graph, node)),
    ...[...graph.sources.values()].map((node) => sourceOf(graph, node)),
    ...graph.unitTests.map((node) => unitTestOf(graph, node)),
    ...graph.exposures.map((node) => exposureOf(graph, node)),
  ];
}

/** Models, seeds and snapshots alone. */
export function selectableModels(graph: ProjectGraph): SelectableNode[] {
  const latest = new Map<string, string>();
  for (const { packageName, name, version, isLatestVersion } of graph.models.values())
    if (version !== undefined && isLatestVersion) latest.set(`${packageName}.${name}`, version);
  return [...graph.models.values()].map((node) => ({
    ...modelOf(graph, node),
    latestVersion: node.version === undefined ? undefined : latest.get(`${node.packageName}.${node.name}`),
  }));
}

/** Files and folders of the root project that its nodes come from, for `path:`. */
export function rootPathsOf(
  { packages }: ProjectGraph,
  nodes: Iterable<SelectableNode>,
): MatchContext['rootPaths'] {
  const root = packages.find(({ isRoot }) => isRoot)?.name;
  const paths = new Set<string>();
  for (const { packageName, originalFile, patchFile } of nodes) {
    if (packageName !== root) continue;
    for (const file of patchFile === undefined ? [originalFile] : [originalFile, patchFile])
      for (const path of [file, ...parentsOf(file)]) paths.add(path);
  }
  return paths;
}

function modelOf(graph: ProjectGraph, node: ModelNode): SelectableNode {
  const { kind, uniqueId, name, packageName, fqn, originalFile, config, properties, version, layer } = node;
  const entry = properties?.entry ?? {};
  return {
    uniqueId,
    resourceType: kind,
    name,
    packageName,
    fqn,
    tags: config.tags,
    originalFile,
    patchFile: properties && ownFile(graph, { file: properties.file, packageName }),
    config: () => configDictionary(kind, { ...config.raw, ...beside(entry) }),
    group: textIn(entry['group'] ?? config.raw['group']),
    access: kind === 'model' ? textOr(entry['access'] ?? config.raw['access'], 'protected') : undefined,
    version,
    dependsOn: readsOf(graph, node),
    isEmpty: kind !== 'seed' && node.sql.trim() === '',
    layer,
  };
}

/** What an entry says beside `config:` and is configuration all the same. */
const beside = (entry: RawConfig): RawConfig =>
  Object.fromEntries(Object.entries(entry).filter(([key]) => key === 'group' || key === 'access'));

function testOf(graph: ProjectGraph, node: TestNode): SelectableNode {
  const { uniqueId, name, packageName, config, test, sql } = node;
  const originalFile = ownFile(graph, node);
  const folders = innerPath(graph, { originalFile, packageName }).split('/').slice(0, -1);
  return {
    uniqueId,
    resourceType: 'test',
    name,
    packageName,
    fqn: [packageName, ...folders, name],
    tags: testTags(graph, node),
    originalFile,
    config: () => configDictionary('test', config.raw),
    genericTest: sql === undefined ? (test.split('.').at(-1) ?? test) : undefined,
    dependsOn: readsOf(graph, node),
    isEmpty: sql !== undefined && sql.trim() === '',
  };
}

function sourceOf(graph: ProjectGraph, node: SourceNode): SelectableNode {
  const { uniqueId, packageName, properties } = node;
  const dictionary = sourceDictionary(graph, node);
  return {
    uniqueId,
    resourceType: 'source',
    name: properties.name,
    packageName,
    fqn: textsIn(dictionary['fqn']),
    tags: textsIn(dictionary['tags']),
    originalFile: ownFile(graph, { file: properties.file, packageName }),
    config: () => (dictionary['config'] ?? {}) as RawConfig,
    sourceName: properties.source,
    dependsOn: [],
  };
}

function unitTestOf(graph: ProjectGraph, node: UnitTestNode): SelectableNode {
  const { uniqueId, name, packageName, fqn, version, config } = node;
  return {
    uniqueId,
    resourceType: 'unit_test',
    name,
    packageName,
    fqn,
    version,
    tags: textsIn(config['tags']),
    originalFile: ownFile(graph, node),
    config: () => ({ enabled: true, ...config }),
    dependsOn: readsOf(graph, node),
  };
}

function exposureOf(graph: ProjectGraph, node: ExposureNode): SelectableNode {
  const { uniqueId, name, packageName, fqn, properties } = node;
  return {
    uniqueId,
    resourceType: 'exposure',
    name,
    packageName,
    fqn,
    tags: textsIn(properties.config['tags'] ?? properties.entry['tags']),
    originalFile: ownFile(graph, node),
    config: () => ({ enabled: true, ...properties.config }),
    dependsOn: readsOf(graph, node),
  };
}

const readsOf = (
  { models, sources }: ProjectGraph,
  node: { readonly refs: readonly string[]; readonly sources: readonly string[] },
): string[] => [
  ...node.refs.flatMap((key) => models.get(key)?.uniqueId ?? []),
  ...node.sources.flatMap((key) => sources.get(key)?.uniqueId ?? []),
];

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const textsIn = (value: unknown): string[] => listOf(value).map((text) => textOr(text, ''));
