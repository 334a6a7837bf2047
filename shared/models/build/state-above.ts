import { createHash } from 'node:crypto';
import { reachable } from '../dag/graph.ts';
import type { ModelVersions, PlanInput } from '../plan/plan-build.ts';

/**
 * Names the state that a build found above a model. Another attempt that finds it unchanged has nothing to merge that an earlier one has
 * not merged; another run may have brought rows in between, though, and they must not pass for merged.
 */
export function stateAbove(
  inputs: ReadonlyMap<string, PlanInput>,
  state: ModelVersions,
  model: string,
): string {
  const graph = new Map([...inputs].map(([name, { reads }]) => [name, reads]));
  const versions = [...reachable(graph, [model])].sort().map((name) => [name, state[name]?.version ?? '']);
  return createHash('sha256').update(JSON.stringify(versions)).digest('hex').slice(0, 16);
}
