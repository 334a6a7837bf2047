import { listOf, mergeConfig } from '../project/config-tree.ts';
import { type ResourceProperties, readColumn } from '../project/properties.ts';
import { isMapping, mappingsIn, textOr, type YamlMapping } from '../project/read-yaml.ts';
import type { NodeVersion } from './node-identity.ts';

/** A version of a model as YAML declares it, and the files it may be in, the first that exists counts. */
export interface DeclaredVersion extends NodeVersion {
  readonly fileNames: readonly string[];
  readonly properties: ResourceProperties;
}

/** Versions of a model, none for one without `versions:`. */
export function versionsOf(properties: ResourceProperties): DeclaredVersion[] {
  const { entry, name } = properties;
  const declared = mappingsIn(entry['versions']);
  const versions = declared.map((version) => textOr(version['v'], ''));
  const latest = textOr(entry['latest_version'], '') || versions.toSorted(byVersion).at(-1);
  return declared.map((version, index) => {
    const written = versions[index] ?? '';
    const definedIn = textOr(version['defined_in'], '');
    const isLatest = written === latest;
    const usual = [`${name}_v${written}`, `${name}.v${written}`, ...(isLatest ? [name] : [])];
    return {
      name,
      version: written,
      isLatest,
      fileNames: definedIn ? [definedIn] : usual,
      properties: ofVersion(properties, version),
    };
  });
}

/** Numbers by value, anything else as text. */
function byVersion(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? (a < b ? -1 : 1) : x - y;
}

/** What a version says over its model; `columns` may take the model's by `include` and `exclude`. */
function ofVersion(base: ResourceProperties, version: YamlMapping): ResourceProperties {
  const config = isMapping(version['config']) ? version['config'] : {};
  const alias = textOr(version['alias'], '');
  return {
    ...base,
    description: textOr(version['description'], base.description),
    columns: columnsOf(base, version),
    config: mergeConfig(base.config, alias ? { alias, ...config } : config),
    entry: { ...base.entry, ...version },
  };
}

function columnsOf(base: ResourceProperties, version: YamlMapping): ResourceProperties['columns'] {
  if (version['columns'] === undefined) return base.columns;
  const entries = mappingsIn(version['columns']);
  const rule = entries.find((entry) => entry['include'] !== undefined || entry['exclude'] !== undefined);
  const own = entries.filter((entry) => entry !== rule).map(readColumn);
  const excluded = new Set([...listOf(rule?.['exclude']), ...own.map(({ name }) => name)]);
  const included = rule?.['include'] ?? (rule === undefined ? '*' : []);
  const isIncluded = (name: string): boolean =>
    included === '*' || included === 'all' || listOf(included).includes(name);
  return [...base.columns.filter(({ name }) => isIncluded(name) && !excluded.has(name)), ...own];
}
