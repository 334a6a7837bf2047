import type { NodeLabel } from './invocation-event.ts';
import type { Work } from './work.ts';

/** How lines of progress name a node: `table gold.x`, `test unique_x_id`. */
export function labelOf(work: Work): NodeLabel {
  const { id, kind } = work;
  if (work.kind === 'test') return { uniqueId: id, kind, noun: 'test', label: work.node.name };
  if (work.kind === 'unit_test')
    return { uniqueId: id, kind, noun: 'unit test', label: `${work.node.modelName}::${work.node.name}` };
  if (work.kind === 'exposure') return { uniqueId: id, kind, noun: kind, label: work.node.name };
  const { relation, config } = work.node;
  const noun = work.kind === 'model' ? config.materialized : work.kind;
  return { uniqueId: id, kind, noun, label: `${relation.schema}.${relation.name}` };
}
