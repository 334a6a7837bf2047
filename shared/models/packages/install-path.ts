import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { renderedOr } from '../profiles/rendered-or.ts';
import { type SecretYamlScope, secretYaml } from '../profiles/secret-yaml.ts';
import { ProblemList } from '../project/project-problem.ts';
import { SETTINGS_FILE } from '../project/project-settings.ts';
import { readYaml, textOr } from '../project/read-yaml.ts';

/** `packages-install-path` of a project, default `dbt_packages`. The rest of the file is not looked at: it may need the packages. */
export async function installPathOf(options: SecretYamlScope & { readonly dir: string }): Promise<string> {
  const text = await readFile(join(options.dir, SETTINGS_FILE), 'utf8').catch(() => '');
  const written = readYaml(SETTINGS_FILE, text, new ProblemList())?.value['packages-install-path'];
  const rendered = renderedOr(written, secretYaml(options), SETTINGS_FILE, () => undefined);
  return textOr(rendered, '') || 'dbt_packages';
}
