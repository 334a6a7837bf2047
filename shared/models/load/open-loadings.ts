import type { Environment } from '#shared/template/create-environment.ts';
import { addBuiltInMacros } from '../compile/built-in-macros.ts';
import { MacroLibrary } from '../compile/macro-library.ts';
import type { ProjectScope } from '../compile/render-scope.ts';
import type { ProjectOptions } from '../project/project.ts';
import { readFilesBelow } from '../project/project-files.ts';
import type { ProjectPackage } from '../project/project-package.ts';
import type { ProblemList } from '../project/project-problem.ts';
import { varsOf } from '../project/project-settings.ts';
import { collectProperties, emptyProperties, type ProjectProperties } from '../project/properties.ts';
import { readProjectYaml } from '../project/read-project-yaml.ts';
import type { Loading } from './loading.ts';
import { overrideSources } from './override-sources.ts';
import { keepsInProperties, yamlNames } from './yaml-names.ts';

/** Reads macros and properties of every package, the root first, so that each can be parsed with all macros known. */
export async function openLoadings(
  packages: readonly ProjectPackage[],
  options: ProjectOptions,
  environment: Environment,
  problems: ProblemList,
): Promise<Loading[]> {
  const [root] = packages;
  if (root === undefined) return [];
  const library = new MacroLibrary(root.name, root.settings.dispatch);
  await addBuiltInMacros(library, environment);
  const loadings: Loading[] = [];
  for (const own of packages) {
    library.add(own.name, environment, await macroFiles(own), problems);
    const vars = varsOf(own.name, own.settings, root.settings, options.vars ?? {});
    const properties = await readProperties(own, options, vars, problems);
    const scope: ProjectScope = {
      library,
      vars,
      env: options.env ?? {},
      target: options.target,
      flags: root.settings.flags,
      projectName: root.name,
      packageName: own.name,
    };
    loadings.push({ root, own, properties, scope, environment, problems });
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
    if (document) collectProperties(document, properties, problems);
  }
  return properties;
}
