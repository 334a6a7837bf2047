import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type TextRecord, textTable } from '../text-table.ts';

/** What a relation, a query or a run must give, as written by hand in a file of expected tables. */
export interface ExpectedTable {
  readonly schema: string;
  readonly name: string;
  /** `table`, `view`, `materialized view`; `query` is `probes/<name>.sql`; `results` is what the nodes of a run answered. */
  readonly kind: string;
  /** In order. */
  readonly columns: readonly string[];
  readonly rows: readonly TextRecord[];
  /** Of a `query`. */
  readonly sql: string | undefined;
}

/**
 * Reads a file of tables written for people: a heading `# schema.name kind`, then a table as {@link textTable} reads it. Lines that
 * start with `--` are notes. `= 1.txt` after the kind says that the table is still the one of that file beside.
 *
 * Cells: `-` is NULL, `*` anything but NULL, `@<n>` a moment during step n.
 */
export function expectedTables(file: string): ExpectedTable[] {
  return [...sectionsOf(file).values()].map(({ heading, lines }) => {
    const [id = '', ...rest] = heading.split(' ');
    const [kind = '', earlier] = rest.join(' ').split(' = ');
    const [schema = '', name = ''] = id.split('.');
    const text = earlier === undefined ? lines : linesOf(beside(file, earlier), `${id} ${kind}`);
    const sql = kind === 'query' ? readFileSync(beside(file, `../probes/${name}.sql`), 'utf8') : undefined;
    return { schema, name, kind, sql, columns: columnsOf(text), rows: textTable(text.join('\n')) };
  });
}

interface Section {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** By `schema.name kind`. */
function sectionsOf(file: string): Map<string, Section> {
  const text = readFileSync(file, 'utf8').replaceAll(/^--.*\n/gm, '');
  const sections = text.split(/^# /m).slice(1);
  return new Map(
    sections.map((section) => {
      const [heading = '', ...lines] = section.trim().split('\n');
      return [heading.split(' = ')[0] ?? '', { heading, lines }];
    }),
  );
}

function linesOf(file: string, id: string): readonly string[] {
  const section = sectionsOf(file).get(id);
  if (!section || section.lines.length === 0) throw new Error(`${file} has no table ${id}`);
  return section.lines;
}

const beside = (file: string, path: string): string => fileURLToPath(new URL(path, pathToFileURL(file)));

const columnsOf = (lines: readonly string[]): string[] =>
  (lines[0] ?? '').split('|').map((cell) => cell.trim());
