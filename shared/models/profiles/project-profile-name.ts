import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lineOfKey } from '../project/line-of-key.ts';
import type { ProblemList } from '../project/project-problem.ts';
import { SETTINGS_FILE } from '../project/project-settings.ts';
import { readYaml, textOr } from '../project/read-yaml.ts';
import { renderedOr } from './rendered-or.ts';
import { type SecretYamlScope, secretYaml } from './secret-yaml.ts';

/** What `profile:` in `dbt_project.yml` says; undefined where it says nothing. The rest of the file is not rendered. */
export async function projectProfileName(
  projectDir: string,
  scope: SecretYamlScope,
  problems: ProblemList,
): Promise<string | undefined> {
  const text = await readFile(join(projectDir, SETTINGS_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) {
    problems.add(SETTINGS_FILE, 1, 'the file is missing: this folder is not a project');
    return undefined;
  }
  const written = readYaml(SETTINGS_FILE, text, problems)?.value['profile'];
  const line = lineOfKey(text, 1, 'profile');
  const rendered = renderedOr(written, secretYaml(scope), SETTINGS_FILE, (cause) =>
    problems.add(SETTINGS_FILE, line, cause),
  );
  return textOr(rendered, '') || undefined;
}
