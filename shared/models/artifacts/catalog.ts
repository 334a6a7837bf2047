import type { CatalogRelation } from '../adapter/adapter.ts';
import type { RunScope } from '../compile/render-scope.ts';
import type { LoadedProject } from '../load/load-project.ts';
import { artifactMetadata, customEnvironment } from './artifact-metadata.ts';
import type { Dictionary } from './config-dictionary.ts';

/**
 * What stands of a project, as `catalog.json` (v1) tells it: nodes and sources whose relation was found.
 *
 * @param relations all relations of the schemas of {@link catalogSchemas}.
 * @param chosen unique ids of the nodes and sources to tell of, default all.
 */
export function catalogOf(
  project: LoadedProject,
  run: RunScope,
  relations: readonly CatalogRelation[],
  chosen?: ReadonlySet<string>,
): Dictionary {
  const found = new Map(relations.map((relation) => [keyOf(relation), relation]));
  const entries = (owners: Iterable<Owner>): Dictionary => Object.fromEntries(catalogEntries(owners, found));
  const { models, sources } = project.graph;
  const isChosen = ({ uniqueId }: Owner): boolean => chosen?.has(uniqueId) ?? true;
  const built = [...models.values()].filter(({ config }) => config.materialized !== 'ephemeral');
  return {
    metadata: artifactMetadata('catalog', run, customEnvironment(project.scope.env)),
    nodes: entries(built.filter(isChosen)),
    sources: entries([...sources.values()].filter(isChosen)),
    errors: null,
  };
}

/** Schemas that a project's models and sources are in. */
export function catalogSchemas({ graph }: LoadedProject): string[] {
  const owners: Owner[] = [...graph.models.values(), ...graph.sources.values()];
  return [...new Set(owners.map(({ relation }) => relation.schema))].sort();
}

/** Something with a relation. */
interface Owner {
  readonly uniqueId: string;
  readonly relation: { readonly schema: string; readonly name: string };
}

/** Names are compared without regard to case, as the original does. */
const keyOf = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  `${schema}.${name}`.toLowerCase();

function* catalogEntries(
  owners: Iterable<Owner>,
  found: ReadonlyMap<string, CatalogRelation>,
): Generator<[string, Dictionary]> {
  for (const { uniqueId, relation } of owners) {
    const table = found.get(keyOf(relation));
    if (table !== undefined) yield [uniqueId, catalogEntry(uniqueId, table)];
  }
}

function catalogEntry(uniqueId: string, table: CatalogRelation): Dictionary {
  const { type, schema, name, database, comment, owner } = table;
  return {
    metadata: { type, schema, name, database, comment, owner },
    columns: Object.fromEntries(table.columns.map((column) => [column.name, { ...column }])),
    stats: statsOf(table),
    unique_id: uniqueId,
  };
}

function statsOf({ estimatedRows, bytes }: CatalogRelation): Dictionary {
  const stats = [
    stat('row_count', 'Approximate Row Count', estimatedRows, 'What the server last counted or guessed'),
    stat('bytes', 'Approximate Size', bytes, 'Bytes on disk, with indexes'),
  ].filter(({ include }) => include);
  const has = stat(
    'has_stats',
    'Has Stats?',
    stats.length > 0,
    'Indicates whether there are statistics for this table',
  );
  return Object.fromEntries([...stats, { ...has, include: false }].map((one) => [one.id, one]));
}

const stat = (id: string, label: string, value: number | boolean | null, description: string) => ({
  id,
  label,
  value: value ?? false,
  include: value !== null,
  description,
});
