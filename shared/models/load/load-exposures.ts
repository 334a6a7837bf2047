import { addTemplateProblem } from '../compile/macro-library.ts';
import { listOf } from '../project/config-tree.ts';
import type { Call, ExposureNode } from '../project/project.ts';
import type { ResourceProperties } from '../project/properties.ts';
import { textOr } from '../project/read-yaml.ts';
import { callsOfExpression } from './expression-calls.ts';
import { foldersOf } from './load-tests.ts';
import type { Loading } from './loading.ts';
import { NodeConfig } from './node-config.ts';

/** An exposure whose calls are recorded but not yet resolved. */
export interface ParsedExposure {
  readonly node: Omit<ExposureNode, 'refs' | 'sources'>;
  readonly calls: readonly Call[];
  /** Turned off: kept for artifacts alone. */
  readonly isDisabled: boolean;
}

/** Exposures of a package; `depends_on` lists calls of `ref` and `source`. */
export function loadExposures(loading: Loading): ParsedExposure[] {
  return [...loading.properties.exposures.values()].map((declared) => loadExposure(declared, loading));
}

function loadExposure(declared: ResourceProperties, loading: Loading): ParsedExposure {
  const { own, problems } = loading;
  const { name, file, line } = declared;
  const fqn = [own.name, ...foldersOf(file, loading), name];
  const config = new NodeConfig(loading, 'exposures', fqn, declared.config).raw;
  const isDisabled = config['enabled'] === false;
  const uniqueId = `exposure.${own.name}.${name}`;
  const calls: Call[] = [];
  for (const entry of listOf(declared.entry['depends_on'])) {
    try {
      calls.push(...callsOfExpression(textOr(entry, ''), { name, uniqueId, fqn, file, line }, loading));
    } catch (error) {
      if (!isDisabled) addTemplateProblem(error, file, problems);
    }
  }
  const node = { uniqueId, packageName: own.name, name, fqn, file, config, properties: declared };
  return { node, calls, isDisabled };
}
