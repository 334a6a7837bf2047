import { fromHost } from '#shared/template/values/from-host.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { exposureDictionary } from './exposure-dictionary.ts';
import { nodesOf } from './manifest.ts';
import { sourceDictionary } from './source-dictionary.ts';

const made = new WeakMap<LoadedProject, Value>();

/** `graph` as templates see it: nodes, sources and groups by unique id, as the manifest has them. Made once a project. */
export function graphValueOf(project: LoadedProject): Value {
  const known = made.get(project);
  if (known !== undefined) return known;
  const sources = [...project.graph.sources.values()].map((source) =>
    sourceDictionary(project.graph, source),
  );
  const value = fromHost({
    nodes: nodesOf(project),
    sources: Object.fromEntries(sources.map((source) => [String(source['unique_id']), source])),
    exposures: Object.fromEntries(
      project.graph.exposures.map((one) => [one.uniqueId, exposureDictionary(project.graph, one)]),
    ),
    groups: Object.fromEntries(
      project.graph.groups.map((one) => [
        one.uniqueId,
        { name: one.name, unique_id: one.uniqueId, owner: one.owner },
      ]),
    ),
    metrics: {},
    semantic_models: {},
    saved_queries: {},
  });
  made.set(project, value);
  return value;
}
