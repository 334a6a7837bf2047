import type { Value } from '#shared/template/values/value.ts';
import { envVarFunction, varFunction } from '../compile/variables.ts';
import { type RenderYaml, renderYamlWith } from '../project/read-project-yaml.ts';

/** What profiles and package files may name. */
export interface SecretYamlScope {
  readonly env: Readonly<Record<string, string>>;
  /** Of the command line. */
  readonly vars?: Readonly<Record<string, unknown>>;
}

/**
 * Renders the YAML files that may name secrets: `profiles.yml` and `packages.yml`.
 *
 * As the original (`config/renderer.py`), a template sees a placeholder for a secret, which is replaced after rendering: no filter
 * can cut a secret into pieces that nothing recognises any more.
 */
export function secretYaml({ env, vars = {} }: SecretYamlScope): RenderYaml {
  const plain = renderYamlWith(
    new Map<string, Value>([
      ['env_var', envVarFunction(env, (name) => `${START}${name}${END}`)],
      ['var', varFunction(vars)],
    ]),
  );
  return {
    render(text, file) {
      const value = plain.render(text, file);
      return typeof value === 'string' ? reveal(value, env) : value;
    },
  };
}

const START = '$$$PENSTOCK_SECRET_START$$$';
const END = '$$$PENSTOCK_SECRET_END$$$';

function reveal(text: string, env: Readonly<Record<string, string>>): string {
  if (!text.includes(START)) return text;
  return text
    .split(START)
    .map((part, index) => {
      const end = index === 0 ? -1 : part.indexOf(END);
      return end < 0 ? part : `${env[part.slice(0, end)] ?? ''}${part.slice(end + END.length)}`;
    })
    .join('');
}
