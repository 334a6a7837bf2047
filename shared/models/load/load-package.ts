import { type ProjectFile, readFilesBelow } from '../project/project-files.ts';
import type { ResourceProperties } from '../project/properties.ts';
import { loadAnalyses, type ParsedAnalysis } from './load-analyses.ts';
import { loadExposures, type ParsedExposure } from './load-exposures.ts';
import { loadModel, loadSeed, nameOf, type ParsedModel } from './load-models.ts';
import { loadSnapshotFile, loadYamlSnapshots } from './load-snapshots.ts';
import { loadSources, type ParsedSources } from './load-sources.ts';
import { type DeclaredOn, loadGenericTest, loadSingularTest, type ParsedTest } from './load-tests.ts';
import type { Loading } from './loading.ts';
import { withConstraints } from './model-constraints.ts';
import { testsOfVersion, versionsOf } from './model-versions.ts';
import { loadPythonModels } from './python-models.ts';

/** One package parsed, its references still unresolved. */
export interface ParsedPackage extends ParsedSources {
  readonly loading: Loading;
  readonly models: readonly ParsedModel[];
  readonly analyses: readonly ParsedAnalysis[];
  readonly tests: readonly ParsedTest[];
  readonly exposures: readonly ParsedExposure[];
}

/** Parses what one package holds. */
export async function loadPackage(loading: Loading): Promise<ParsedPackage> {
  const { dir, settings } = loading.own;
  const seeds = await readFilesBelow(dir, settings.seedPaths, ['.csv']);
  const snapshots = await readFilesBelow(dir, [...settings.snapshotPaths, ...settings.modelPaths], ['.sql']);
  const models = [
    ...loadModels(loading, await readFilesBelow(dir, settings.modelPaths, ['.sql'])),
    ...(await loadPythonModels(loading)),
    ...seeds.map((file) => loadSeed(file, loading)),
    ...snapshots.filter(holdsSnapshot).flatMap((file) => loadSnapshotFile(file, loading)),
    ...loadYamlSnapshots(loading),
  ];
  return {
    loading,
    models: models.filter((model) => model !== undefined),
    ...loadSources(loading),
    analyses: await loadAnalyses(loading),
    tests: await loadTests(loading),
    exposures: loadExposures(loading),
  };
}

const holdsSnapshot = ({ text }: ProjectFile): boolean => /\{%-?\+?\s*snapshot\s/.test(text);

/** Models of all files; a file that is a version of a model is parsed as that. */
function loadModels(loading: Loading, files: readonly ProjectFile[]): (ParsedModel | undefined)[] {
  const byName = new Map(files.map((file) => [nameOf(file), file]));
  const versioned = new Map<ProjectFile, () => ParsedModel | undefined>();
  for (const properties of loading.properties.models.values()) {
    for (const version of versionsOf(properties)) {
      const file = version.fileNames.map((name) => byName.get(name)).find((found) => found !== undefined);
      if (file) versioned.set(file, () => loadModel(file, loading, version.properties, version));
      else {
        const looked = version.fileNames.map((name) => `${name}.sql`).join(', ');
        loading.problems.add(
          properties.file,
          properties.line,
          `version ${version.version} of ${version.name} has no file: ${looked}`,
        );
      }
    }
  }
  return files
    .filter((file) => !holdsSnapshot(file))
    .map((file) => versioned.get(file)?.() ?? (versioned.has(file) ? undefined : loadModel(file, loading)))
    .map((model) => withConstraints(model, loading));
}

async function loadTests(loading: Loading): Promise<ParsedTest[]> {
  const { own, properties } = loading;
  const declared = [
    ...[...properties.models.values()].flatMap((model) => testsOfModel(model, loading)),
    ...[...properties.seeds.values(), ...properties.snapshots.values()].flatMap((one) =>
      testsOn(one, { kind: 'ref', name: one.name }, loading),
    ),
    ...[...properties.sources].flatMap(([name, one]) => testsOn(one, { kind: 'source', name }, loading)),
  ];
  const files = await readFilesBelow(own.dir, own.settings.testPaths, ['.sql']);
  const singular = files.filter((file) => !/^(generic|fixtures)\//.test(file.inner));
  return [...declared, ...singular.map((file) => loadSingularTest(file, loading))].filter(
    (test) => test !== undefined,
  );
}

function testsOfModel(model: ResourceProperties, loading: Loading): (ParsedTest | undefined)[] {
  const versions = versionsOf(model);
  if (versions.length === 0) return testsOn(model, { kind: 'ref', name: model.name }, loading);
  return versions.flatMap((version) => {
    const tests = testsOfVersion(model, version, loading.problems);
    return testsOn({ tests }, { kind: 'ref', name: model.name, version: version.version }, loading);
  });
}

function testsOn(
  declared: Pick<ResourceProperties, 'tests'>,
  subject: DeclaredOn,
  loading: Loading,
): (ParsedTest | undefined)[] {
  return declared.tests.map((test) => loadGenericTest(test, subject, loading));
}
