import { extractBlocks } from '#shared/template/analysis/extract-blocks.ts';
import { addTemplateProblem } from '../compile/macro-library.ts';
import type { ProjectFile } from '../project/project-files.ts';
import { textOr } from '../project/read-yaml.ts';
import { type ParsedModel, parseSql } from './load-models.ts';
import type { Loading } from './loading.ts';
import { identityOf } from './node-identity.ts';

const SNAPSHOT = { materialized: 'snapshot' } as const;

/** Snapshots of one SQL file: each `snapshot` block is one. */
export function loadSnapshotFile(file: ProjectFile, loading: Loading): ParsedModel[] {
  const shown = `${loading.own.shown}${file.path}`;
  try {
    const blocks = extractBlocks(file.text, shown, ['snapshot']);
    return blocks.flatMap(({ name, body, line }) => {
      const identity = identityOf(file, 'snapshot', loading.own, { name });
      // Lines of the body count from where it stands in the file.
      const sql = `${'\n'.repeat(line - 1)}${body}`;
      const parsed = parseSql(identity, sql, loading.properties.snapshots.get(name), loading, SNAPSHOT);
      return parsed === undefined ? [] : [parsed];
    });
  } catch (error) {
    addTemplateProblem(error, shown, loading.problems);
    return [];
  }
}

/** Snapshots declared in YAML alone, by `relation: ref('orders')`. */
export function loadYamlSnapshots(loading: Loading): ParsedModel[] {
  const { own, properties } = loading;
  return [...properties.snapshots.values()].flatMap((declared) => {
    const relation = textOr(declared.entry['relation'], '');
    if (!relation) return [];
    const path = declared.file.slice(own.shown.length);
    const file: ProjectFile = { path, inner: path.split('/').slice(1).join('/'), text: '' };
    const folders = file.inner.split('/').slice(0, -1);
    const identity = {
      ...identityOf(file, 'snapshot', own, { name: declared.name }),
      // No file of SQL takes part in the name.
      fqn: [own.name, ...folders, declared.name],
    };
    const parsed = parseSql(identity, `select * from {{ ${relation} }}`, declared, loading, SNAPSHOT);
    return parsed === undefined ? [] : [parsed];
  });
}
