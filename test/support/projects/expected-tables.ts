import { readFileSync } from 'node:fs';
import { type TextRecord, textTable } from '../text-table.ts';

/** What a relation must be, as written by hand in a file of expected tables. */
export interface ExpectedTable {
  readonly schema: string;
  readonly name: string;
  /** `table`, `view` or `materialized view`; `results` for what the nodes of a run must have answered. */
  readonly kind: string;
  /** In order. */
  readonly columns: readonly string[];
  readonly rows: readonly TextRecord[];
}

/**
 * Reads a file of tables written for people: a heading `# schema.name kind`, then a table as {@link textTable} reads it. Lines that
 * start with `--` are notes. A heading with `= <file>` after the kind says that the table stands in that other file.
 *
 * Cells: `-` is NULL, `*` anything but NULL, `@<n>` a moment during step n, `@<name>` a value that a test gives.
 */
export function expectedTables(file: string): ExpectedTable[] {
  const sections = readFileSync(file, 'utf8').split(/^# /m).slice(1);
  return sections.map((section) => {
    const [heading = '', ...lines] = section.split('\n').filter((line) => !line.startsWith('--'));
    const [id = '', ...rest] = heading.trim().split(' ');
    const dot = id.indexOf('.');
    const kind = rest.join(' ');
    if (kind.includes('= ')) return sameAs(file, id, kind.slice(kind.indexOf('= ') + 2));
    return {
      schema: id.slice(0, dot),
      name: id.slice(dot + 1),
      kind,
      columns: columnsOf(lines),
      rows: textTable(lines.join('\n')),
    };
  });
}

function sameAs(file: string, id: string, other: string): ExpectedTable {
  const path = new URL(other, `file://${file}`).pathname;
  const found = expectedTables(path).find((table) => `${table.schema}.${table.name}` === id);
  if (!found) throw new Error(`${file}: ${other} has no ${id}`);
  return found;
}

function columnsOf(lines: readonly string[]): string[] {
  const head = lines.find((line) => line.trim() !== '') ?? '';
  return head.split('|').map((cell) => cell.trim());
}
