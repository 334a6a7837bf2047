import { MacroLibrary, projectEnvironment } from '../compile/macro-library.ts';
import { openRender } from '../compile/render.ts';
import type { ProjectScope } from '../compile/render-scope.ts';
import { findCycle } from '../dag/graph.ts';
import type { ModelNode, ProjectGraph, ProjectOptions, SourceNode, TestNode } from '../project/project.ts';
import { readFilesBelow } from '../project/project-files.ts';
import { ProblemList, type ProjectProblem } from '../project/project-problem.ts';
import { type ProjectSettings, readSettings } from '../project/project-settings.ts';
import { collectProperties, emptyProperties, type SourceProperties } from '../project/properties.ts';
import { readYaml } from '../project/read-yaml.ts';
import { loadModel, loadSeed, type ParsedModel } from './load-models.ts';
import { loadGenericTest, loadSingularTest, type ParsedTest } from './load-tests.ts';
import type { Loading } from './loading.ts';
import { parseScope } from './parse-scope.ts';
import { type KnownNames, resolveCalls } from './resolve-calls.ts';

/** A project with what rendering it needs. */
export interface LoadedProject {
  readonly graph: ProjectGraph;
  readonly scope: ProjectScope;
  readonly environment: ReturnType<typeof projectEnvironment>;
  /** Things that are probably wrong but stop nothing, such as properties of a model that is not there. */
  readonly warnings: readonly ProjectProblem[];
}

/**
 * Loads a project and checks it whole: every problem is found before anything is run.
 *
 * @returns the project, or its problems.
 */
export async function loadProject(
  dir: string,
  options: ProjectOptions,
): Promise<{ project: LoadedProject } | { problems: ProjectProblem[] }> {
  const problems = new ProblemList();
  const settings = await readSettings(dir, problems);
  if (!settings) return { problems: problems.all() };
  const loading = await prepare(dir, settings, options, problems);
  const models = await parseModels(loading);
  const sources = resolveSources(loading);
  const tests = await parseTests(loading);
  const known = { project: settings.name, models, sources };
  const graph: ProjectGraph = {
    dir,
    settings,
    options,
    models: resolveModels(models, known, problems),
    sources,
    tests: resolveTests(tests, known, problems),
  };
  checkCycles(graph, problems);
  checkRelations(graph, problems);
  const found = problems.all();
  if (found.length > 0) return { problems: found };
  const { scope, environment } = loading;
  return { project: { graph, scope, environment, warnings: unusedProperties(loading, graph) } };
}

async function prepare(
  dir: string,
  settings: ProjectSettings,
  options: ProjectOptions,
  problems: ProblemList,
): Promise<Loading> {
  const environment = projectEnvironment();
  const macros = [
    ...(await readFilesBelow(dir, settings.macroPaths, ['.sql'])),
    ...(await readFilesBelow(
      dir,
      settings.testPaths.map((path) => `${path}/generic`),
      ['.sql'],
    )),
  ];
  const library = new MacroLibrary(environment, macros, problems);
  const properties = emptyProperties();
  const paths = [...settings.modelPaths, ...settings.seedPaths];
  for (const file of await readFilesBelow(dir, paths, ['.yml', '.yaml'])) {
    const document = readYaml(file.path, file.text, problems);
    if (document) collectProperties(document, properties, problems);
  }
  const scope: ProjectScope = {
    library,
    vars: { ...settings.vars, ...options.vars },
    env: options.env ?? {},
    target: options.target,
    projectName: settings.name,
  };
  return { dir, settings, properties, scope, environment, problems };
}

async function parseModels(loading: Loading): Promise<Map<string, ParsedModel>> {
  const { dir, settings, problems } = loading;
  const models = new Map<string, ParsedModel>();
  const parsed = [
    ...(await readFilesBelow(dir, settings.modelPaths, ['.sql'])).map((file) => loadModel(file, loading)),
    ...(await readFilesBelow(dir, settings.seedPaths, ['.csv'])).map((file) => loadSeed(file, loading)),
  ];
  for (const model of parsed) {
    if (!model) continue;
    const { name, file } = model.node;
    const earlier = models.get(name);
    if (earlier) problems.add(file, 1, `a model named ${name} is already at ${earlier.node.file}`);
    else models.set(name, model);
  }
  return models;
}

function resolveSources(loading: Loading): Map<string, SourceNode> {
  const sources = new Map<string, SourceNode>();
  for (const [name, properties] of loading.properties.sources) {
    const relation = { schema: sourceSchema(properties, loading), name: properties.identifier };
    sources.set(name, { name, relation, properties });
  }
  return sources;
}

/** A source's schema may be a template, e.g. `{{ target.schema }}_temp`. */
function sourceSchema(properties: SourceProperties, loading: Loading): string {
  const written = properties.schema ?? properties.source;
  if (!written.includes('{{')) return written;
  const node = {
    name: properties.name,
    file: properties.file,
    fqn: [properties.source, properties.name],
    resourceType: 'source' as const,
    config: properties.config,
    relation: { schema: '', name: properties.identifier },
  };
  try {
    const render = openRender(parseScope(loading.scope, node, [], undefined));
    return render.render(loading.environment.parse(written, properties.file));
  } catch (error) {
    loading.problems.add(properties.file, properties.line, error instanceof Error ? error.message : 'schema');
    return written;
  }
}

async function parseTests(loading: Loading): Promise<ParsedTest[]> {
  const { dir, settings, properties } = loading;
  const generic = [
    ...[...properties.models, ...properties.seeds].flatMap(([name, resource]) =>
      resource.tests.map((test) => loadGenericTest(test, { kind: 'ref', name }, loading)),
    ),
    ...[...properties.sources].flatMap(([name, resource]) =>
      resource.tests.map((test) => loadGenericTest(test, { kind: 'source', name }, loading)),
    ),
  ];
  const files = await readFilesBelow(dir, settings.testPaths, ['.sql']);
  const singular = files.filter((file) => !file.inner.startsWith('generic/'));
  return [...generic, ...singular.map((file) => loadSingularTest(file, loading))].filter(
    (test) => test !== undefined,
  );
}

function resolveModels(
  models: ReadonlyMap<string, ParsedModel>,
  known: KnownNames,
  problems: ProblemList,
): Map<string, ModelNode> {
  return new Map(
    [...models].map(([name, { node, calls }]) => [
      name,
      { ...node, ...resolveCalls(calls, known, problems) },
    ]),
  );
}

/** Tests of models that are not there (disabled, or only described) are left out; names are made unique. */
function resolveTests(tests: readonly ParsedTest[], known: KnownNames, problems: ProblemList): TestNode[] {
  const names = new Map<string, number>();
  const present = tests.filter(
    ({ node }) => node.subject?.kind !== 'ref' || known.models.has(node.subject.name),
  );
  return present.map(({ node, calls }) => {
    const times = (names.get(node.name) ?? 0) + 1;
    names.set(node.name, times);
    const name = times === 1 ? node.name : `${node.name}_${times}`;
    return { ...node, name, ...resolveCalls(calls, known, problems) };
  });
}

function checkCycles(graph: ProjectGraph, problems: ProblemList): void {
  const reads = new Map([...graph.models.values()].map(({ name, refs }) => [name, refs]));
  const cycle = findCycle(reads);
  const [first = ''] = cycle ?? [];
  if (cycle)
    problems.add(graph.models.get(first)?.file ?? '', 1, `models read each other: ${cycle.join(' → ')}`);
}

/** Two models in one relation would replace each other. */
function checkRelations(graph: ProjectGraph, problems: ProblemList): void {
  const owners = new Map<string, ModelNode>();
  for (const model of graph.models.values()) {
    if (model.config.materialized === 'ephemeral') continue;
    const key = `${model.relation.schema}.${model.relation.name}`;
    const owner = owners.get(key);
    if (owner) problems.add(model.file, 1, `${key} is already the relation of ${owner.file}`);
    else owners.set(key, model);
  }
}

function unusedProperties(loading: Loading, graph: ProjectGraph): ProjectProblem[] {
  const described = [...loading.properties.models.values(), ...loading.properties.seeds.values()];
  return described
    .filter(({ name }) => !graph.models.has(name))
    .map(({ name, file, line }) => ({ file, line, cause: `${name} is described but is no model or seed` }));
}
