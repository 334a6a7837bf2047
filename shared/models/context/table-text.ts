import { Budget } from '#shared/template/limits/budget.ts';
import { defaultLimits } from '#shared/template/limits/limits.ts';
import { toText } from '#shared/template/values/to-text.ts';
import type { ResultRow } from './result-row.ts';
import type { ResultTypeName } from './result-type.ts';

/** What a table prints as: its columns and their types, as agate's `print_structure`. */
export function structureText(names: readonly string[], typeOf: (index: number) => ResultTypeName): string {
  const lines = names.map((name, index) => [name, typeOf(index)]);
  return `${boxed(['column', 'data_type'], lines, () => false)}\n`;
}

/** Longest text of a cell. */
const WIDEST = 20;

/** What `print_table()` prints: numbers to the right, the rest to the left. undefined is no limit. */
export function tableText(
  table: {
    readonly names: readonly string[];
    readonly rows: readonly ResultRow[];
    columnType(index: number): ResultTypeName;
  },
  mostRows: number | undefined,
  mostColumns: number | undefined,
): string {
  const budget = new Budget(defaultLimits);
  const more = <T>(all: readonly T[], most: number | undefined): boolean =>
    most !== undefined && all.length > most;
  const width = Math.min(table.names.length, mostColumns ?? Number.POSITIVE_INFINITY);
  const dots = more(table.names, mostColumns) ? ['...'] : [];
  const lines = table.rows
    .slice(0, mostRows)
    .map(({ values }) => [
      ...values.slice(0, width).map((value) => (value === null ? '' : cut(toText(value, budget)))),
      ...dots,
    ]);
  if (more(table.rows, mostRows)) lines.push([...Array.from({ length: width }, () => '...'), ...dots]);
  const head = [...table.names.slice(0, width).map(cut), ...dots];
  return boxed(head, lines, (index) => index < width && table.columnType(index) === 'Number');
}

const cut = (text: string): string => (text.length > WIDEST ? `${text.slice(0, WIDEST - 3)}...` : text);

function boxed(
  head: readonly string[],
  lines: readonly (readonly string[])[],
  isRight: (index: number) => boolean,
): string {
  const widths = head.map((name, index) =>
    Math.max(name.length, ...lines.map((line) => line[index]?.length ?? 0)),
  );
  const row = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => (isRight(index) ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [row(head), rule, ...lines.map(row)].join('\n');
}
