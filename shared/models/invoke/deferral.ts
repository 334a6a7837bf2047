import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { publishedResolution, type Resolution } from '../compile/compile-model.ts';
import { modelErrors } from '../errors.ts';
import type { ModelNode } from '../project/project.ts';
import { readPreviousState } from '../select/state/previous-state.ts';
import type { InvokeOptions, RunFlags } from './invocation.ts';

/**
 * Where references lead when they are deferred: a node that is not run here and does not stand here, or any that is not run with
 * `--favor-state`, is read where the other environment's manifest says it is (`context/providers.py`, `RuntimeRefResolver`).
 *
 * @param selected unique ids of what runs.
 * @throws PenstockError `MODEL_DEFER_STATE_MISSING`, those of reading artifacts, of the server.
 */
export async function resolutionOf(
  { project, adapter, flags, signal }: Pick<InvokeOptions, 'project' | 'adapter' | 'flags' | 'signal'>,
  selected: ReadonlySet<string>,
): Promise<Resolution> {
  if (!flags.defer) return publishedResolution;
  const known = await otherRelations(flags);
  const others = [...project.graph.models.values()].filter(
    ({ uniqueId, config }) => !selected.has(uniqueId) && config.materialized !== 'ephemeral',
  );
  const missing = flags.favorState ? others : await thoseMissing(others, adapter, signal);
  const deferred = new Map<string, RelationName>();
  for (const { uniqueId } of missing) {
    const relation = known.get(uniqueId);
    if (relation !== undefined) deferred.set(uniqueId, relation);
  }
  return { ...publishedResolution, resolveRef: (model) => deferred.get(model.uniqueId) ?? model.relation };
}

/**
 * Where the other environment has its nodes, by unique id.
 *
 * @throws PenstockError `MODEL_DEFER_STATE_MISSING`, those of reading artifacts.
 */
export async function otherRelations({ deferState: folder }: RunFlags): Promise<Map<string, RelationName>> {
  const manifest = folder === undefined ? undefined : (await readPreviousState(folder)).manifest;
  if (manifest === undefined)
    throw new PenstockError(modelErrors.deferStateMissing, { folder: folder ?? 'none given' });
  const relations = [...manifest.nodes].map(([id, node]) => [id, relationOf(node)] as const);
  return new Map(relations.flatMap(([id, relation]) => (relation === undefined ? [] : [[id, relation]])));
}

async function thoseMissing(
  models: readonly ModelNode[],
  adapter: InvokeOptions['adapter'],
  signal: AbortSignal | undefined,
): Promise<ModelNode[]> {
  const connection = await adapter.connect('deferral', signal);
  try {
    const standing = new Set<string>();
    for (const schema of new Set(models.map(({ relation }) => relation.schema))) {
      for (const { identifier } of await connection.relations(schema))
        standing.add(`${schema}.${identifier}`);
    }
    return models.filter(({ relation }) => !standing.has(`${relation.schema}.${relation.name}`));
  } finally {
    await connection.release();
  }
}

function relationOf(node: Readonly<Record<string, unknown>> | undefined): RelationName | undefined {
  const schema = node?.['schema'];
  const name = node?.['alias'] ?? node?.['name'];
  return typeof schema === 'string' && typeof name === 'string' ? { schema, name } : undefined;
}
