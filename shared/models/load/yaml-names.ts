import { fromHost } from '#shared/template/values/from-host.ts';
import type { Value } from '#shared/template/values/value.ts';
import { targetValue } from '../compile/target-value.ts';
import { envVarFunction, varFunction } from '../compile/variables.ts';
import type { ProjectOptions } from '../project/project.ts';
import { type RenderYaml, renderYamlWith } from '../project/read-project-yaml.ts';

/** Renders templates in YAML. */
export function yamlNames(
  options: Pick<ProjectOptions, 'env' | 'target' | 'vars'>,
  vars: Readonly<Record<string, unknown>>,
): RenderYaml {
  const names = new Map(namesInYaml(options, vars));
  const renderer = renderYamlWith(names);
  const render = (template: string): Value => fromHost(renderer.render(template, 'vars'));
  return renderYamlWith(names.set('var', varFunction({ ...vars, ...options.vars }, { render })));
}

/** What templates in YAML may name: `var`, `env_var`, `target`. */
export function namesInYaml(
  options: Pick<ProjectOptions, 'env' | 'target' | 'vars'>,
  vars: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['env_var', envVarFunction(options.env ?? {})],
    ['var', varFunction({ ...vars, ...options.vars })],
    ['target', targetValue(options.target, '')],
    ['project_name', ''],
  ]);
}

/**
 * Keys of property files whose templates are rendered later: descriptions (they may call `doc`), tests' arguments, hooks, and
 * what names a relation by `ref`.
 */
export function keepsInProperties(path: readonly string[]): boolean {
  const filter = FILTERS[path[0] ?? ''];
  if (filter !== undefined && path.includes(filter)) return true;
  return path.some((key) => LATER.has(key) || /(pre|post)[-_]hook$/.test(key));
}

/** Filters of metrics and saved queries are written in names that only a semantic layer knows (`Dimension(…)`). */
const FILTERS: Readonly<Record<string, string>> = { metrics: 'filter', saved_queries: 'where' };

const LATER = new Set(['description', 'tests', 'data_tests', 'relation', 'depends_on', 'loaded_at_query']);
