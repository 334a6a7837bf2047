import { TemplateError } from '#shared/template/failures/template-error.ts';
import type { RenderYaml } from '../project/read-project-yaml.ts';

/** A value of a YAML file, rendered where it is a template. What cannot be rendered is told and stays as written. */
export function renderedOr(
  value: unknown,
  renderer: RenderYaml,
  file: string,
  problem: (cause: string) => void,
): unknown {
  if (typeof value !== 'string' || !/\{\{|\{%/.test(value)) return value;
  try {
    return renderer.render(value, file);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    problem(error.problem);
    return value;
  }
}
