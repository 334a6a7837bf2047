import { projectEnvironment } from '../compile/macro-library.ts';
import { quotingOf } from '../compile/relation-value.ts';
import type { ProjectScope } from '../compile/render-scope.ts';
import { findCycle } from '../dag/graph.ts';
import { NodeNames } from '../project/node-names.ts';
import type { ModelNode, ProjectGraph, ProjectOptions, SourceNode, TestNode } from '../project/project.ts';
import { readPackages } from '../project/project-package.ts';
import { ProblemList, type ProjectProblem } from '../project/project-problem.ts';
import { adoptProperties } from './adopt-properties.ts';
import { checkAccess } from './check-access.ts';
import { checkHooks } from './check-hooks.ts';
import { checkPackages } from './check-packages.ts';
import { deprecations } from './deprecations.ts';
import { disabledNodes } from './disabled-nodes.ts';
import { loadGroups, macroPropertiesOf, semanticOf } from './load-groups.ts';
import type { ParsedModel } from './load-models.ts';
import { loadPackage, type ParsedPackage } from './load-package.ts';
import type { ParsedTest } from './load-tests.ts';
import { type LoadedUnitTests, loadUnitTests } from './load-unit-tests.ts';
import { ignoredConstraints } from './model-constraints.ts';
import { type OpenScopes, openLoadings, openScopes } from './open-loadings.ts';
import { openParseCache, type ParsedGraph } from './parse-cache.ts';
import { resolveCalls } from './resolve-calls.ts';
import { yamlNames } from './yaml-names.ts';

/** A project with what rendering it needs. */
export interface LoadedProject {
  readonly graph: ProjectGraph;
  /** Of the root. */
  readonly scope: ProjectScope;
  /** Each package's own: its variables. */
  readonly scopes: ReadonlyMap<string, ProjectScope>;
  readonly environment: ReturnType<typeof projectEnvironment>;
  /** Things that are probably wrong but stop nothing, such as properties of a model that is not there. */
  readonly warnings: readonly ProjectProblem[];
}

/**
 * Loads a project with its installed packages and checks it whole: every problem is found before anything is run.
 *
 * @returns the project, or its problems.
 */
export async function loadProject(
  dir: string,
  asked: ProjectOptions,
): Promise<{ project: LoadedProject } | { problems: ProjectProblem[] }> {
  const problems = new ProblemList();
  const packages = await readPackages(dir, problems, yamlNames(asked, {}));
  const [root] = packages;
  if (root === undefined) return { problems: problems.all() };
  const checks = await checkPackages(packages, asked.versionCheck !== false, problems);
  if (!checks.isComplete) return { problems: problems.all() };
  const environment = projectEnvironment();
  const options = { ...asked, target: { ...asked.target, quoting: quotingOf(root.settings.quoting) } };
  const opened = await openScopes(packages, options, environment, problems);
  for (const one of packages) checkHooks(one, environment, problems);
  const scope = opened.scopes.get(root.name);
  if (scope === undefined) return { problems: problems.all() };
  const cache =
    options.cacheDir === undefined ? undefined : openParseCache(options.cacheDir, packages, options);
  const kept = problems.all().length === 0 ? cache?.read() : undefined;
  const parsed = kept ?? (await parseAll(opened, root.name, options, problems));
  const { warnings, ...rest } = parsed;
  const graph: ProjectGraph = {
    ...rest,
    ...{ dir, settings: root.settings, packages, options, names: NodeNames.from(parsed.names) },
  };
  if (kept === undefined) {
    checkCycles(graph, problems);
    checkRelations(graph, problems);
    const found = problems.all();
    if (found.length > 0) return { problems: found };
    await cache?.write(parsed);
  }
  return {
    project: {
      graph,
      scope,
      scopes: opened.scopes,
      environment,
      warnings: [
        ...checks.warnings,
        ...warnings,
        ...ignoredConstraints(graph),
        ...deprecations(graph, new Date()),
      ],
    },
  };
}

/** Parses every package, and resolves what they call. */
async function parseAll(
  opened: OpenScopes,
  root: string,
  options: ProjectOptions,
  problems: ProblemList,
): Promise<ParsedGraph> {
  const own: ParsedPackage[] = [];
  for (const loading of await openLoadings(opened, options, problems)) own.push(await loadPackage(loading));
  // Reading a package anew would tell its problems twice.
  const parsed = problems.all().length > 0 ? own : await adoptProperties(own);
  const names = namesOf(root, parsed);
  const models = resolveModels(parsed, names, problems);
  const loadings = parsed.map(({ loading }) => loading);
  const groups = loadings.flatMap(loadGroups);
  checkAccess({ parsed, models, names, groups }, problems);
  const unitTests: LoadedUnitTests[] = [];
  for (const loading of loadings) unitTests.push(await loadUnitTests(loading, { names, models }));
  const exposures = parsed.flatMap((one) => one.exposures.filter(({ isDisabled }) => !isDisabled));
  const analyses = parsed.flatMap((one) => one.analyses.filter(({ isDisabled }) => !isDisabled));
  return {
    models,
    sources: new Map(parsed.flatMap((one) => [...one.sources])),
    tests: resolveTests(parsed, names, problems),
    exposures: exposures.map(({ node, calls }) => ({
      ...node,
      ...resolveCalls(calls, names, node.packageName, problems),
    })),
    groups,
    docs: loadings.flatMap(({ docs }) => docs),
    analyses: analyses.map(({ node }) => ({
      ...node,
      ...resolveCalls(node.calls, names, node.packageName, problems),
    })),
    unitTests: unitTests.flatMap((one) => one.unitTests),
    macroProperties: new Map(loadings.flatMap(macroPropertiesOf)),
    semantic: loadings.flatMap(semanticOf),
    disabled: { ...disabledNodes(parsed), unitTests: unitTests.flatMap((one) => one.disabled) },
    names: names.data(),
    warnings: unusedProperties(parsed, models),
  };
}

function namesOf(root: string, parsed: readonly ParsedPackage[]): NodeNames {
  const names = new NodeNames(root);
  for (const { models, sources } of parsed) {
    for (const model of models) {
      if ('disabled' in model) names.disable(model.disabled);
      else names.add({ ...model.node, isLatest: model.node.isLatestVersion });
    }
    for (const { name, key, packageName } of sources.values()) names.addSource(name, key, packageName);
  }
  return names;
}

function resolveModels(
  parsed: readonly ParsedPackage[],
  names: NodeNames,
  problems: ProblemList,
): Map<string, ModelNode> {
  const models = new Map<string, ModelNode>();
  for (const model of parsed.flatMap((one) => one.models)) {
    if ('disabled' in model) continue;
    const { node, calls } = model;
    const earlier = models.get(node.key);
    if (earlier) problems.add(node.file, 1, `a model named ${node.name} is already at ${earlier.file}`);
    else models.set(node.key, { ...node, calls, ...resolveCalls(calls, names, node.packageName, problems) });
  }
  return models;
}

/** Tests of models that are not there (disabled, or only described) are left out. Two may have one name: the original tells them apart by id. */
function resolveTests(parsed: readonly ParsedPackage[], names: NodeNames, problems: ProblemList): TestNode[] {
  const taken = new Map<string, number>();
  return parsed
    .flatMap(({ tests }) => tests.filter(({ isDisabled }) => !isDisabled))
    .flatMap((test): TestNode[] => {
      const { node, calls } = test;
      const subject = subjectOf(test, names);
      if (node.subject !== undefined && subject === undefined) return [];
      const times = (taken.get(node.name) ?? 0) + 1;
      taken.set(node.name, times);
      const label = times === 1 ? node.name : `${node.name}_${times}`;
      return [{ ...node, subject, label, ...resolveCalls(calls, names, node.packageName, problems) }];
    });
}

function subjectOf({ node }: ParsedTest, names: NodeNames): TestNode['subject'] {
  const { subject, packageName } = node;
  if (subject === undefined) return undefined;
  const found =
    subject.kind === 'ref'
      ? names.ref([subject.name], subject.version, packageName)
      : names.source(subject.name, packageName);
  return 'key' in found ? { ...subject, key: found.key } : undefined;
}

function checkCycles(graph: ProjectGraph, problems: ProblemList): void {
  const reads = new Map([...graph.models.values()].map(({ key, refs }) => [key, refs]));
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
    const key = [model.database, model.relation.schema, model.relation.name].filter(Boolean).join('.');
    const owner = owners.get(key);
    if (owner) problems.add(model.file, 1, `${key} is already the relation of ${owner.file}`);
    else owners.set(key, model);
  }
}

function unusedProperties(
  parsed: readonly ParsedPackage[],
  nodes: ReadonlyMap<string, ModelNode>,
): ProjectProblem[] {
  const known = new Set([...nodes.values()].map(({ name }) => name));
  return parsed
    .filter(({ loading }) => loading.own.isRoot)
    .flatMap(({ loading, models }) => {
      const { properties } = loading;
      const disabled = new Set(models.flatMap((model) => ('disabled' in model ? [model.disabled] : [])));
      return [properties.models, properties.seeds, properties.snapshots]
        .flatMap((described) => [...described.values()])
        .filter(({ name }) => !known.has(name) && !disabled.has(name))
        .map(({ name, file, line }) => ({
          file,
          line,
          cause: `${name} is described but is no model or seed`,
          warning: 'NoNodeForYamlKey',
        }));
    });
}

export type { ParsedModel, SourceNode };
