import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';
import { listOf } from '../project/config-tree.ts';
import { describeProblems, ProblemList } from '../project/project-problem.ts';
import { type RenderYaml, readProjectYaml } from '../project/read-project-yaml.ts';
import { isMapping, textOr, type YamlMapping } from '../project/read-yaml.ts';

/** A package as a project asks for it. */
export type DeclaredPackage =
  | { readonly kind: 'local'; readonly path: string }
  | {
      readonly kind: 'git';
      readonly url: string;
      readonly revision: string | undefined;
      readonly subdirectory: string;
    };

const FILES = ['packages.yml', 'dependencies.yml'] as const;

/**
 * Packages that a project's `packages.yml` or `dependencies.yml` asks for; none when it has neither.
 *
 * @throws PenstockError `PROJECT_INVALID` for an entry that cannot be read, `PACKAGE_KIND_UNSUPPORTED` for one of another kind.
 */
export async function declaredPackages(dir: string, render: RenderYaml): Promise<DeclaredPackage[]> {
  const problems = new ProblemList();
  const declared: DeclaredPackage[] = [];
  for (const file of FILES) {
    const text = await readFile(join(dir, file), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const document = readProjectYaml(file, text, problems, render, () => false);
    for (const entry of listOf(document?.value['packages'])) {
      const read = isMapping(entry) ? readEntry(entry) : undefined;
      if (read) declared.push(read);
      else problems.add(file, document?.lineOf(entry) ?? 1, 'a package needs local: or git:');
    }
  }
  const found = problems.all();
  if (found.length === 0) return declared;
  const list = `\n  ${describeProblems(found)}\n`;
  throw new PenstockError(modelErrors.projectInvalid, { problems: found.length, list });
}

function readEntry(entry: YamlMapping): DeclaredPackage | undefined {
  const local = textOr(entry['local'], '');
  if (local) return { kind: 'local', path: local };
  const url = textOr(entry['git'], '');
  if (url) {
    const [revision] = listOf(entry['revision']).map((one) => textOr(one, ''));
    return {
      kind: 'git',
      url,
      revision: revision || undefined,
      subdirectory: textOr(entry['subdirectory'], ''),
    };
  }
  const other = textOr(entry['package'], '') || textOr(entry['tarball'], '');
  if (other) throw new PenstockError(modelErrors.packageKindUnsupported, { package: other });
  return undefined;
}
