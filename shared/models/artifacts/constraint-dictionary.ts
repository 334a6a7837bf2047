import { createHash } from 'node:crypto';
import type { ModelNode } from '../project/project.ts';
import { isMapping, textOr } from '../project/read-yaml.ts';
import type { Dictionary } from './config-dictionary.ts';
import { pythonRepr } from './python-repr.ts';

/** Constraints with all their keys, as manifest v12 has them. @param isOfModel those of a model name their columns. */
export function constraintsOf(written: unknown, isOfModel: boolean): Dictionary[] {
  if (!Array.isArray(written)) return [];
  return written.filter(isMapping).map((constraint) => ({
    type: constraint['type'] ?? null,
    name: constraint['name'] ?? null,
    expression: constraint['expression'] ?? null,
    warn_unenforced: constraint['warn_unenforced'] ?? true,
    warn_unsupported: constraint['warn_unsupported'] ?? true,
    to: constraint['to'] ?? null,
    to_columns: constraint['to_columns'] ?? [],
    ...(isOfModel ? { columns: constraint['columns'] ?? [] } : {}),
  }));
}

/** Hash of what an enforced contract promises, the same as the original's (`contracts/graph/nodes.py`, `build_contract_checksum`). */
export function contractChecksum({ columns, config }: ModelNode, written: unknown): string {
  const sorted = columns.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const parts = sorted.map(
    ({ name, dataType, entry }) =>
      `|${name}${dataType ?? 'None'}${shown('ColumnLevelConstraint', constraintsOf(entry['constraints'], false))}`,
  );
  const isKept = ['table', 'incremental'].includes(config.materialized);
  const ofModel = isKept
    ? `${config.materialized}${shown('ModelLevelConstraint', constraintsOf(written, true))}`
    : '';
  return createHash('sha256')
    .update(`${parts.join('')}${ofModel}`)
    .digest('hex');
}

/** As Python prints a list of such objects. */
function shown(className: string, constraints: readonly Dictionary[]): string {
  const one = ({ type, ...rest }: Dictionary): string => {
    const kind = textOr(type, '');
    const fields = Object.entries(rest).map(([key, value]) => `${key}=${pythonRepr(value)}`);
    return `${className}(${[`type=<ConstraintType.${kind}: '${kind}'>`, ...fields].join(', ')})`;
  };
  return `[${constraints.map(one).join(', ')}]`;
}
