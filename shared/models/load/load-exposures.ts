import { hostFunction } from '#shared/template/host/host-function.ts';
import { atOnce } from '../compile/at-once.ts';
import { addTemplateProblem } from '../compile/macro-library.ts';
import { openRender } from '../compile/render.ts';
import { listOf } from '../project/config-tree.ts';
import type { Call, ExposureNode } from '../project/project.ts';
import type { ResourceProperties } from '../project/properties.ts';
import { textOr } from '../project/read-yaml.ts';
import { foldersOf } from './load-tests.ts';
import type { Loading } from './loading.ts';
import { NodeConfig } from './node-config.ts';
import { parseScope } from './parse-scope.ts';

/** An exposure whose calls are recorded but not yet resolved. */
export interface ParsedExposure {
  readonly node: Omit<ExposureNode, 'refs' | 'sources'>;
  readonly calls: readonly Call[];
}

/** Exposures of a package; `depends_on` lists calls of `ref` and `source`. */
export function loadExposures(loading: Loading): ParsedExposure[] {
  return [...loading.properties.exposures.values()].flatMap((declared) => {
    const exposure = loadExposure(declared, loading);
    return exposure === undefined ? [] : [exposure];
  });
}

function loadExposure(declared: ResourceProperties, loading: Loading): ParsedExposure | undefined {
  const { own, scope, environment, problems } = loading;
  const fqn = [own.name, ...foldersOf(declared.file, loading), declared.name];
  if (new NodeConfig(loading, 'exposures', fqn, declared.config).raw['enabled'] === false) return undefined;
  const calls: Call[] = [];
  const uniqueId = `exposure.${own.name}.${declared.name}`;
  const { names } = openRender(
    parseScope(
      scope,
      {
        ...{ name: declared.name, packageName: own.name, uniqueId, version: undefined, fqn, config: {} },
        ...{ file: declared.file, originalFile: declared.file, resourceType: 'operation' as const },
        relation: { schema: '', name: declared.name },
      },
      calls,
      undefined,
    ),
  );
  const take = hostFunction('take', () => '');
  for (const entry of listOf(declared.entry['depends_on'])) {
    try {
      const template = environment.parse(`{{ penstock_take(${textOr(entry, '')}) }}`, declared.file);
      atOnce(template.render({ get: (name) => (name === 'penstock_take' ? take : names.get(name)) }));
    } catch (error) {
      addTemplateProblem(error, declared.file, problems);
    }
  }
  const placed = calls.map((call) => ({ ...call, file: declared.file, line: declared.line }));
  const node = {
    uniqueId,
    packageName: own.name,
    name: declared.name,
    fqn,
    file: declared.file,
    properties: declared,
  };
  return { node, calls: placed };
}
