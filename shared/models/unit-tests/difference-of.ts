import type { ResultValue, StatementResult } from '../adapter/adapter.ts';

/** More rows would be read by nobody. */
const MOST_ROWS = 50;

/** Values as the server prints them. */
type Row = readonly (string | null)[];

/**
 * Sets what a model made beside what was expected, each row as often as it comes, in any order. Values are compared as the server prints
 * them, as in the original: `3.50` is not `3.5`.
 *
 * @param result rows of both, the last column saying whose.
 * @returns undefined when there is no difference; else lines that begin with `+++` for a row only the model made, `---` for one only
 *   expected, `→` for one that was expected otherwise. The rows are the author's own.
 */
export function differenceOf({ columns, rows }: StatementResult): string | undefined {
  const texts = (whose: string): Row[] =>
    rows.filter((row) => row.at(-1) === whose).map((row) => row.slice(0, -1).map(textOf));
  const [unexpected, missing] = withoutCommon(texts('actual'), texts('expected'));
  if (unexpected.length + missing.length === 0) return undefined;
  const lines = [['@@', ...columns.slice(0, -1).map(({ name }) => name)], ...pairsOf(unexpected, missing)];
  const more = lines.length - 1 - MOST_ROWS;
  const kept = more > 0 ? lines.slice(0, MOST_ROWS + 1) : lines;
  return [
    'actual differs from expected:',
    '',
    ...aligned(kept),
    ...(more > 0 ? [`… and ${more} more`] : []),
  ].join('\n');
}

function textOf(value: ResultValue): string | null {
  if (value === null) return null;
  if (typeof value !== 'object') return String(value);
  return 'text' in value ? String(value.text) : JSON.stringify(value);
}

/** Rows that only one side has, counted. */
function withoutCommon(actual: readonly Row[], expected: readonly Row[]): [Row[], Row[]] {
  const left = [...expected];
  const keys = left.map(keyOf);
  const unexpected = actual.filter((row) => {
    const at = keys.indexOf(keyOf(row));
    if (at < 0) return true;
    left.splice(at, 1);
    keys.splice(at, 1);
    return false;
  });
  return [unexpected, left];
}

const keyOf = (row: Row): string => JSON.stringify(row);

/** Rows that agree in at least half of their columns are shown as one that changed. */
function pairsOf(unexpected: readonly Row[], missing: readonly Row[]): string[][] {
  const left = [...missing];
  const lines = unexpected.map((row) => {
    const alike = left.map((other) => row.filter((text, at) => text === other[at]).length);
    const best = alike.indexOf(Math.max(0, ...alike));
    const other = left[best];
    if (other === undefined || (alike[best] ?? 0) * 2 < row.length || row.length < 2)
      return ['+++', ...row.map(shown)];
    left.splice(best, 1);
    return [
      '→',
      ...row.map((text, at) => (text === other[at] ? shown(text) : `${shown(other[at])}→${shown(text)}`)),
    ];
  });
  return [...lines, ...left.map((row) => ['---', ...row.map(shown)])];
}

/** NULL as a word, and the word as a text. */
const shown = (text: string | null | undefined): string => (text === 'null' ? "'null'" : (text ?? 'null'));

function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = (lines[0] ?? []).map((_, at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  return lines.map((line) =>
    line
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join(',')
      .trimEnd(),
  );
}
