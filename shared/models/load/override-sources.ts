import { mergeConfig } from '../project/config-tree.ts';
import type { SourceProperties } from '../project/properties.ts';
import { textOr } from '../project/read-yaml.ts';
import type { Loading } from './loading.ts';

/**
 * Lays sources declared with `overrides: <package>` over those of that package, which keep their place in it: what is said of the source
 * holds for all its tables (`parser/sources.py`, `SourcePatcher`). One that overrides nothing is a problem.
 */
export function overrideSources(loadings: readonly Loading[]): void {
  for (const { properties, problems } of loadings) {
    for (const [key, over] of [...properties.sources]) {
      const overridden = textOr(over.sourceEntry['overrides'], '');
      if (!overridden) continue;
      properties.sources.delete(key);
      const sources = loadings.find(({ own }) => own.name === overridden)?.properties.sources;
      if (!sources?.has(key)) {
        const cause = `it overrides ${key} of ${overridden}, which has no such source table`;
        problems.add(over.file, over.line, cause);
        continue;
      }
      for (const [table, base] of sources) {
        if (base.source !== over.source) continue;
        sources.set(table, table === key ? tableOver(sourceOver(base, over), over) : sourceOver(base, over));
      }
    }
  }
}

function sourceOver(base: SourceProperties, over: SourceProperties): SourceProperties {
  const { overrides: _, ...entry } = over.sourceEntry;
  return {
    ...base,
    sourceEntry: { ...base.sourceEntry, ...entry },
    schema: over.schema ?? base.schema,
    database: over.database ?? base.database,
  };
}

function tableOver(base: SourceProperties, over: SourceProperties): SourceProperties {
  return {
    ...base,
    entry: { ...base.entry, ...over.entry },
    description: over.description || base.description,
    config: mergeConfig(base.config, over.config),
    columns: over.columns.length > 0 ? over.columns : base.columns,
    tests: over.tests.length > 0 ? over.tests : base.tests,
    identifier: over.entry['identifier'] === undefined ? base.identifier : over.identifier,
  };
}
