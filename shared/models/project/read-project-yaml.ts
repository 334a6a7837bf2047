import { createEnvironment, type Environment } from '#shared/template/create-environment.ts';
import { TemplateError } from '#shared/template/failures/template-error.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import type { Value } from '#shared/template/values/value.ts';
import { atOnce } from '../compile/at-once.ts';
import { plainOf } from '../compile/plain.ts';
import { asFilters, meaningOf } from './native-filters.ts';
import type { ProblemList } from './project-problem.ts';
import { isMapping, readYaml, type YamlDocument } from './read-yaml.ts';

/** Renders the templates in a project's YAML. */
export interface RenderYaml {
  /** @throws TemplateError */
  render(text: string, file: string): unknown;
}

/** True for keys whose templates are left as they are; they are rendered later, by what uses them. */
export type KeepPath = (path: readonly string[]) => boolean;

/** Renders with these names and the filters `as_bool`, `as_number`, `as_native`, `as_text`. */
export function renderYamlWith(names: { get(name: string): Value | undefined }): RenderYaml {
  let environment: Environment | undefined;
  return {
    render(text, file) {
      environment ??= createEnvironment({ filters: asFilters });
      const expression = SINGLE.exec(text)?.[1];
      if (expression === undefined) return atOnce(environment.parse(text, file).render(names));
      return typedValue(expression, environment, names, file);
    },
  };
}

/** One expression and nothing beside it. */
const SINGLE = /^\{\{[-+]?((?:(?!\{\{|\}\}|\{%).)*?)[-+]?\}\}$/s;

/** An expression that stands alone keeps its type, as in the original (`quoted_native_concat`): a boolean is no text. */
function typedValue(
  expression: string,
  environment: Environment,
  names: { get(name: string): Value | undefined },
  file: string,
): unknown {
  let value: Value = '';
  const capture = hostFunction(CAPTURE, ({ args }) => {
    value = args[0] ?? null;
    return '';
  });
  const template = environment.parse(`{{ ${CAPTURE}(${expression}) }}`, file);
  atOnce(template.render({ get: (name) => (name === CAPTURE ? capture : names.get(name)) }));
  const meaning = meaningOf(value);
  return meaning === undefined ? plainOf(value) : meaning.value;
}

const CAPTURE = 'penstock_capture';

/** Reads one YAML file of a project and renders the templates in its text values. */
export function readProjectYaml(
  file: string,
  text: string,
  problems: ProblemList,
  renderer: RenderYaml,
  keep: KeepPath,
): YamlDocument | undefined {
  const document = readYaml(file, text, problems);
  if (document === undefined || !/\{\{|\{%/.test(text)) return document;
  const rendered = new Map<object, object>();
  const walk = (value: unknown, path: readonly string[], near: number): unknown => {
    if (typeof value === 'string') return isTemplate(value) && !keep(path) ? textOf(value, near) : value;
    if (Array.isArray(value))
      return kept(value, () => value.map((item) => walk(item, path, document.lineOf(value))));
    if (!isMapping(value)) return value;
    return kept(value, () =>
      Object.fromEntries(
        Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key], document.lineOf(value))]),
      ),
    );
  };
  const kept = (original: object, make: () => object): object => {
    const made = make();
    rendered.set(made, original);
    return made;
  };
  const textOf = (value: string, line: number): unknown => {
    try {
      return renderer.render(value, file);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problems.add(file, line, error.problem);
      return value;
    }
  };
  const value = walk(document.value, [], 1);
  if (!isMapping(value)) return document;
  return {
    file,
    value,
    lineOf: (node) =>
      document.lineOf(typeof node === 'object' && node !== null ? (rendered.get(node) ?? node) : node),
  };
}

const isTemplate = (text: string): boolean => text.includes('{{') || text.includes('{%');
