import { isBuiltInRule } from '../compile/is-built-in-rule.ts';
import type { NodeScope } from '../compile/render-scope.ts';
import type { Loading } from './loading.ts';

/*
 * What the built-in `generate_…_name` macros answer, said without rendering them: they are asked twice for every node, and a sixth of
 * parsing was that. Only where nothing of a project or package overrides them; a test holds both to the same answers.
 */

/** Whether a rule for names is the built-in one, for nodes of this package. */
export const isUsual = (macro: string, { scope, own }: Loading): boolean =>
  isBuiltInRule(macro, own.name, scope);

/** `default__generate_schema_name`. */
export function usualSchema(custom: string | undefined, { scope }: Loading): string {
  const { schema } = scope.target;
  return custom === undefined ? schema : `${schema}_${custom.trim()}`;
}

/** `default__generate_alias_name`. */
export function usualAlias(
  custom: string | undefined,
  { name, version }: Pick<NodeScope, 'name' | 'version'>,
): string {
  if (custom !== undefined && custom !== '') return custom.trim();
  return version === undefined || version === '' ? name : `${name}_v${version.replaceAll('.', '_')}`;
}
