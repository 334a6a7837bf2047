import { addTemplateProblem } from '../compile/macro-library.ts';
import { openRender } from '../compile/render.ts';
import type { AnalysisNode } from '../project/other-resources.ts';
import type { Call } from '../project/project.ts';
import { type ProjectFile, readFilesBelow } from '../project/project-files.ts';
import { nameOf } from './load-models.ts';
import type { Loading } from './loading.ts';
import { NodeConfig } from './node-config.ts';
import { parseScope } from './parse-scope.ts';

/** An analysis whose calls are recorded but not yet resolved. */
export interface ParsedAnalysis {
  readonly node: Omit<AnalysisNode, 'refs' | 'sources'>;
  readonly isDisabled: boolean;
}

/** Analyses of a package: queries that are compiled and never run. */
export async function loadAnalyses(loading: Loading): Promise<ParsedAnalysis[]> {
  const files = await readFilesBelow(loading.own.dir, loading.own.settings.analysisPaths, ['.sql']);
  return files.flatMap((file) => loadAnalysis(file, loading) ?? []);
}

function loadAnalysis(file: ProjectFile, loading: Loading): ParsedAnalysis | undefined {
  const { own, environment, problems, scope, properties } = loading;
  const name = nameOf(file);
  const declared = properties.analyses.get(name);
  const fqn = [own.name, 'analysis', ...file.inner.split('/').slice(0, -1), name];
  // No tree of the project file is for analyses.
  const config = new NodeConfig(loading, undefined, fqn, declared?.config ?? {});
  const calls: Call[] = [];
  const shown = `${own.shown}${file.path}`;
  const identity = {
    ...{ uniqueId: `analysis.${own.name}.${name}`, packageName: own.name, name, fqn },
    ...{ file: shown, originalFile: file.path },
  };
  const node = {
    ...identity,
    ...{ version: undefined, resourceType: 'analysis' as const },
    relation: { schema: scope.target.schema, name },
    get config() {
      return config.raw;
    },
  };
  try {
    const render = openRender(parseScope(scope, node, calls, (inFile) => config.declare(inFile)));
    render.render(environment.parse(file.text, shown));
  } catch (error) {
    if (config.raw['enabled'] === false) return undefined;
    addTemplateProblem(error, shown, problems);
    return undefined;
  }
  return {
    node: {
      kind: 'analysis',
      ...identity,
      sql: file.text,
      config: config.raw,
      description: declared?.description ?? '',
      columns: declared?.columns ?? [],
      calls,
      properties: declared,
    },
    isDisabled: config.raw['enabled'] === false,
  };
}
