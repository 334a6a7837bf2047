import type { SelectableNode } from '../selectable-node.ts';

/**
 * `config.materialized:table`, `config.meta.owner:ann`, `config.tags:daily`: by a value of the configuration, however deep; of a list
 * one entry is enough. `true` and `false` mean booleans too, and `config.severity` takes any case.
 */
export function configMatcher(
  value: string | number | boolean,
  args: readonly string[],
): (node: SelectableNode) => boolean {
  const ignoresCase = args.length === 1 && args[0] === 'severity';
  const isMeant = (found: unknown): boolean => {
    if (typeof found === 'boolean') return found === value || String(value).toLowerCase() === String(found);
    if (ignoresCase && typeof found === 'string') return found.toUpperCase() === String(value).toUpperCase();
    return found === value;
  };
  return ({ resourceType, config }) => {
    // Nodes of these kinds have no configuration of their own to choose by (`configurable_nodes`).
    if (resourceType === 'exposure' || resourceType === 'unit_test') return false;
    const found = valueAt(config(), args);
    return Array.isArray(found) ? found.some(isMeant) : isMeant(found);
  };
}

function valueAt(config: unknown, path: readonly string[]): unknown {
  let value = config;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key))
      return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}
