import type { ColumnProperties } from '../project/properties.ts';
import { mappingOf } from '../project/read-yaml.ts';
import type { Dictionary } from './config-dictionary.ts';
import { constraintsOf } from './constraint-dictionary.ts';

/** Columns by name as manifest v12 has them; meta and tags may stand in the column's `config`. */
export function columnsDictionary(columns: readonly ColumnProperties[]): Dictionary {
  return Object.fromEntries(columns.map((column) => [column.name, columnDictionary(column)]));
}

function columnDictionary({ name, description, dataType, entry }: ColumnProperties): Dictionary {
  const config = mappingOf(entry['config']);
  const meta = config['meta'] ?? entry['meta'] ?? {};
  const tags = config['tags'] ?? entry['tags'] ?? [];
  return {
    name,
    description,
    meta,
    data_type: dataType ?? null,
    constraints: constraintsOf(entry['constraints'], false),
    quote: entry['quote'] ?? null,
    config: { meta, tags },
    tags,
    granularity: entry['granularity'] ?? null,
    doc_blocks: entry['doc_blocks'] ?? [],
  };
}
