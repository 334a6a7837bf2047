import { createHash } from 'node:crypto';
import type { RunScope } from '../compile/render-scope.ts';
import { projectHooks } from '../invoke/project-hooks.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { artifactMetadata, customEnvironment } from './artifact-metadata.ts';
import type { Dictionary } from './config-dictionary.ts';
import { exposureDictionary } from './exposure-dictionary.ts';
import { macroDictionary } from './macro-dictionary.ts';
import { macroId } from './macro-references.ts';
import { modelDictionary, testDictionary } from './node-dictionary.ts';
import { operationDictionary } from './operation-dictionary.ts';
import { analysisDictionary, docDictionary, groupDictionary } from './other-dictionaries.ts';
import { sourceDictionary } from './source-dictionary.ts';
import { unitTestDictionary } from './unit-test-dictionary.ts';

/** What an invocation compiled, by unique id. */
export interface Compiled {
  readonly code: string;
  /** Relative to the project; null when nothing was written. */
  readonly path: string | null;
}

/**
 * The manifest of a project, in the form other tools read (manifest v12).
 *
 * @param compiled adds `compiled_code` to those nodes.
 */
export function manifestOf(
  project: LoadedProject,
  run: RunScope,
  compiled: ReadonlyMap<string, Compiled> = new Map(),
): Dictionary {
  const { graph, scope } = project;
  const nodes = nodesOf(project, compiled);
  const sources = byId([...graph.sources.values()].map((source) => sourceDictionary(graph, source)));
  const exposures = byId(graph.exposures.map((exposure) => exposureDictionary(graph, exposure)));
  const unitTests = byId(graph.unitTests.map((test) => unitTestDictionary(graph, test)));
  const all = [nodes, sources, exposures, unitTests].flatMap((some) => Object.values(some));
  const { parents, children } = mapsOf(all);
  return {
    metadata: {
      ...artifactMetadata('manifest', run, customEnvironment(scope.env)),
      project_name: graph.settings.name,
      project_id: createHash('md5').update(graph.settings.name).digest('hex'),
      user_id: null,
      send_anonymous_usage_stats: false,
      adapter_type: graph.options.target.type,
      quoting: { database: true, schema: true, identifier: true, column: null, ...graph.settings.quoting },
    },
    nodes,
    sources,
    macros: Object.fromEntries(
      [...scope.library.all()].map((entry) => [macroId(entry), macroDictionary(project, entry)]),
    ),
    docs: byId(graph.docs.map((doc) => docDictionary(graph, doc))),
    exposures,
    metrics: {},
    groups: byId(graph.groups.map((group) => groupDictionary(graph, group))),
    selectors: {},
    disabled: disabledOf(project),
    parent_map: parents,
    child_map: children,
    group_map: groupMap(Object.values(nodes)),
    saved_queries: {},
    semantic_models: {},
    unit_tests: unitTests,
  };
}

/** Models, seeds, snapshots, data tests, analyses and the project's hooks by unique id: what templates know as `graph.nodes`. */
export function nodesOf(
  project: LoadedProject,
  compiled: ReadonlyMap<string, Compiled> = new Map(),
): Record<string, Dictionary> {
  const { graph } = project;
  const models = [...graph.models.values()].map((node) => modelDictionary(project, node));
  const tests = graph.tests.map((node) => testDictionary(project, node));
  const hooks = (['on-run-start', 'on-run-end'] as const).flatMap((occasion) =>
    projectHooks(project, occasion).map((hook) => operationDictionary(project, hook, occasion)),
  );
  const analyses = graph.analyses.map((node) => analysisDictionary(project, node));
  return byId(
    [...models, ...tests, ...hooks, ...analyses].map((node) =>
      withCompiled(node, compiled.get(String(node['unique_id']))),
    ),
  );
}

/** What is turned off, by unique id: several may have one. */
function disabledOf(project: LoadedProject): Record<string, Dictionary[]> {
  const { graph } = project;
  const { models, sources, tests, exposures, analyses, unitTests } = graph.disabled;
  const all = [
    ...models.map((node) => modelDictionary(project, node)),
    ...sources.map((node) => sourceDictionary(graph, node)),
    ...tests.map((node) => testDictionary(project, node)),
    ...exposures.map((node) => exposureDictionary(graph, node)),
    ...analyses.map((node) => analysisDictionary(project, node)),
    ...unitTests.map((node) => unitTestDictionary(graph, node)),
  ];
  const off: Record<string, Dictionary[]> = {};
  for (const node of all) {
    const id = String(node['unique_id']);
    off[id] = [...(off[id] ?? []), node];
  }
  return off;
}

/** Everything a selection can mean, by unique id. */
export function dictionariesOf(project: LoadedProject): Map<string, Dictionary> {
  const { graph } = project;
  const sources = [...graph.sources.values()].map((source) => sourceDictionary(graph, source));
  const exposures = graph.exposures.map((exposure) => exposureDictionary(graph, exposure));
  const unitTests = graph.unitTests.map((test) => unitTestDictionary(graph, test));
  const others = byId([...sources, ...exposures, ...unitTests]);
  return new Map([...Object.entries(nodesOf(project)), ...Object.entries(others)]);
}

function withCompiled(node: Dictionary, compiled: Compiled | undefined): Dictionary {
  if (compiled === undefined || node['resource_type'] === 'seed') return node;
  return {
    ...node,
    compiled: true,
    compiled_code: compiled.code,
    compiled_path: compiled.path,
    extra_ctes_injected: true,
    extra_ctes: [],
  };
}

const byId = (nodes: readonly Dictionary[]): Record<string, Dictionary> =>
  Object.fromEntries(nodes.map((node) => [String(node['unique_id']), node]));

/** What each node reads, and what reads it; every node has an entry. */
function mapsOf(nodes: readonly Dictionary[]): { parents: Dictionary; children: Dictionary } {
  const parents: Record<string, string[]> = {};
  const children: Record<string, string[]> = {};
  for (const node of nodes) {
    parents[String(node['unique_id'])] = readsOf(node).sort();
    children[String(node['unique_id'])] = [];
  }
  for (const [id, reads] of Object.entries(parents)) for (const read of reads) children[read]?.push(id);
  for (const readers of Object.values(children)) readers.sort();
  return { parents, children };
}

function readsOf(node: Dictionary): string[] {
  const depends = node['depends_on'];
  if (typeof depends !== 'object' || depends === null || !('nodes' in depends)) return [];
  return Array.isArray(depends.nodes) ? depends.nodes.map(String) : [];
}

function groupMap(nodes: readonly Dictionary[]): Dictionary {
  const groups: Record<string, string[]> = {};
  for (const { group, unique_id: id } of nodes) {
    if (typeof group !== 'string') continue;
    groups[group] = [...(groups[group] ?? []), String(id)];
  }
  return groups;
}
