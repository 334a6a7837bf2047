import type { FixtureRows } from '../project/other-resources.ts';
import { parseCsv } from '../project/parse-csv.ts';
import { readFilesBelow } from '../project/project-files.ts';
import { isMapping, textOr, type YamlMapping } from '../project/read-yaml.ts';
import { nameOf } from './load-models.ts';
import type { Loading } from './loading.ts';

/** Text of the fixture files of a package by name, e.g. `tests/fixtures/orders.csv` by `orders`. */
export type FixtureFiles = ReadonlyMap<string, string>;

/** Reads the fixture files of a package: `.csv` and `.sql` in `fixtures` below its test paths. */
export async function readFixtures({ own }: Pick<Loading, 'own'>): Promise<FixtureFiles> {
  const folders = own.settings.testPaths.map((path) => `${path}/fixtures`);
  const files = await readFilesBelow(own.dir, folders, ['.csv', '.sql']);
  return new Map(files.map((file) => [nameOf(file), file.text]));
}

/**
 * Rows of a unit test as written below `given` or `expect`, in one of three formats (`parser/unit_tests.py`).
 *
 * Empty cells of a CSV text are NULL. The first row without NULL comes first, since it says which columns there are.
 *
 * @param standing rows where the entry has none: those of a seed.
 * @throws Error with the reason when rows and format do not fit.
 */
export function readFixture(
  entry: YamlMapping,
  files: FixtureFiles,
  standing?: () => readonly YamlMapping[] | undefined,
): FixtureRows {
  const format = textOr(entry['format'], 'dict');
  const fixture = textOr(entry['fixture'], '') || null;
  const text = fixture === null ? entry['rows'] : fileOf(fixture, files);
  if (format === 'sql') return { format, sql: textOf(text, format), fixture };
  if (format === 'csv') return { format, rows: ordered(csvRows(textOf(text, format))), fixture };
  if (format !== 'dict') throw new Error(`format: "${format}" is none of dict, csv, sql`);
  const written = text ?? standing?.();
  if (!Array.isArray(written) || !written.every(isMapping))
    throw new Error('rows are no list of mappings, which is what the format dict has');
  return { format, rows: ordered(written), fixture };
}

function fileOf(fixture: string, files: FixtureFiles): string {
  const text = files.get(fixture);
  if (text === undefined) throw new Error(`there is no fixture file "${fixture}" in tests/fixtures`);
  return text;
}

function textOf(text: unknown, format: string): string {
  if (typeof text !== 'string') throw new Error(`rows are no text, which is what the format ${format} has`);
  return text;
}

/** Records by the names in the first one; empty cells are NULL. */
export function csvRows(text: string): YamlMapping[] {
  const [header, ...records] = parseCsv(text.replaceAll('\r\n', '\n'), ',')
    .map(({ fields }) => fields)
    .filter((fields) => fields.length > 0);
  const names = header ?? [];
  return records.map((fields) => Object.fromEntries(names.map((name, at) => [name, fields[at] || null])));
}

function ordered(rows: readonly YamlMapping[]): readonly YamlMapping[] {
  const whole = rows.findIndex((row) => Object.values(row).every((value) => value !== null));
  const [first, best] = [rows[0], rows[whole]];
  if (whole < 1 || first === undefined || best === undefined) return rows;
  return rows.map((row, at) => (at === 0 ? best : at === whole ? first : row));
}
