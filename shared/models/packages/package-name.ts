import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { renderedOr } from '../profiles/rendered-or.ts';
import { type SecretYamlScope, secretYaml } from '../profiles/secret-yaml.ts';
import { ProblemList } from '../project/project-problem.ts';
import { SETTINGS_FILE } from '../project/project-settings.ts';
import { readYaml, textOr } from '../project/read-yaml.ts';
import { packageErrors } from './errors.ts';
import { isPackageName } from './read-request.ts';

/**
 * Name of the project in a folder, which becomes the folder's name below the packages' folder.
 *
 * @param shown the package for messages.
 * @throws PenstockError `PACKAGE_BROKEN`
 */
export async function packageName(folder: string, shown: string, scope: SecretYamlScope): Promise<string> {
  const broken = (reason: string) => new PenstockError(packageErrors.broken, { package: shown, reason });
  const text = await readFile(join(folder, SETTINGS_FILE), 'utf8').catch(() => undefined);
  if (text === undefined) throw broken(`there is no ${SETTINGS_FILE}`);
  const problems = new ProblemList();
  const written = readYaml(SETTINGS_FILE, text, problems)?.value['name'];
  const rendered = renderedOr(written, secretYaml(scope), SETTINGS_FILE, (cause) =>
    problems.add(SETTINGS_FILE, 1, cause),
  );
  const name = textOr(rendered, '');
  if (isPackageName(name)) return name;
  const [problem] = problems.all();
  throw broken(
    problem === undefined
      ? `name: in ${SETTINGS_FILE} must be letters, digits and underscores`
      : `${SETTINGS_FILE}:${problem.line} ${problem.cause}`,
  );
}
