import type { Environment } from '#shared/template/create-environment.ts';
import { addBuiltInMacros } from '../compile/built-in-macros.ts';
import { MacroLibrary } from '../compile/macro-library.ts';
import type { ProjectScope } from '../compile/render-scope.ts';
import type { DocNode } from '../project/other-resources.ts';
import type { ProjectOptions } from '../project/project.ts';
import { readFilesBelow } from '../project/project-files.ts';
import type { ProjectPackage } from '../project/project-package.ts';
import type { ProblemList } from '../project/project-problem.ts';
import { varsOf } from '../project/project-settings.ts';
import { collectProperties, emptyProperties, type ProjectProperties } from '../project/properties.ts';
import { readProjectYaml } from '../project/read-project-yaml.ts';
import { loadDocs } from './load-docs.ts';
import type { Loading } from './loading.ts';
import { overrideSources } from './override-sources.ts';
import { descriptionsOf } from './render-descriptions.ts';
import { keepsInProperties, yamlNames } from './yaml-names.ts';

/** What is known before any model is parsed. */
export interface OpenScopes {
  readonly packages: readonly ProjectPackage[];
  readonly environment: Environment;
  /** Of each package by name: its variables; all share one library of macros. */
  readonly scopes: ReadonlyMap<string, ProjectScope>;
}

/** Reads the macros of every package, so that each can be parsed with all of them known. */
export async function openScopes(
  packages: readonly ProjectPackage[],
  options: ProjectOptions,
  environment: Environment,
  problems: ProblemList,
): Promise<OpenScopes> {
  const [root] = packages;
  const scopes = new Map<string, ProjectScope>();
  if (root === undefined) return { packages, environment, scopes };
  const library = new MacroLibrary(root.name, root.settings.dispatch);
  await addBuiltInMacros(library, environment);
  const versions = new Map(packages.map((own) => [own.name, own.settings.version]));
  for (const own of packages) {
    library.add(own.name, environment, await macroFiles(own), problems);
    scopes.set(own.name, {
      environment,
      library,
      vars: varsOf(own.name, own.settings, root.settings, options.vars ?? {}),
      env: options.env ?? {},
      target: options.target,
      flags: root.settings.flags,
      versions,
      projectName: root.name,
      packageName: own.name,
    });
  }
  return { packages, environment, scopes };
}

/** Reads the properties of every package, the root first. */
export async function openLoadings(
  { packages, environment, scopes }: OpenScopes,
  options: ProjectOptions,
  problems: ProblemList,
): Promise<Loading[]> {
  const [root] = packages;
  const loadings: Loading[] = [];
  const docs: DocNode[] = [];
  for (const own of packages) docs.push(...(await loadDocs(own, problems)));
  for (const own of packages) {
    const scope = scopes.get(own.name);
    if (root === undefined || scope === undefined) continue;
    const described = descriptionsOf({
      options,
      vars: scope.vars,
      docs,
      root: root.name,
      packageName: own.name,
    });
    const properties = await readProperties(own, options, scope.vars, problems, described);
    const ownDocs = docs.filter(({ packageName }) => packageName === own.name);
    loadings.push({ root, own, properties, docs: ownDocs, scope, environment, problems });
  }
  overrideSources(loadings);
  return loadings;
}

async function macroFiles({ dir, shown, settings }: ProjectPackage) {
  const generic = settings.testPaths.map((path) => `${path}/generic`);
  const files = [
    ...(await readFilesBelow(dir, settings.macroPaths, ['.sql'])),
    ...(await readFilesBelow(dir, generic, ['.sql'])),
  ];
  return files.map((file) => ({ ...file, path: `${shown}${file.path}` }));
}

async function readProperties(
  { dir, shown, settings }: ProjectPackage,
  options: ProjectOptions,
  vars: Readonly<Record<string, unknown>>,
  problems: ProblemList,
  described: ReturnType<typeof descriptionsOf>,
): Promise<ProjectProperties> {
  const { modelPaths, seedPaths, snapshotPaths, analysisPaths, macroPaths, testPaths } = settings;
  const folders = [
    ...modelPaths,
    ...seedPaths,
    ...snapshotPaths,
    ...analysisPaths,
    ...macroPaths,
    ...testPaths,
  ];
  const renderer = yamlNames(options, vars);
  const properties = emptyProperties();
  for (const file of await readFilesBelow(dir, [...new Set(folders)], ['.yml', '.yaml'])) {
    const document = readProjectYaml(
      `${shown}${file.path}`,
      file.text,
      problems,
      renderer,
      keepsInProperties,
    );
    if (document) collectProperties(described(document, problems), properties, problems);
  }
  return properties;
}
