/** Rows by column name; every value as the database writes it as text, null for NULL. */
export type TextRecord = Readonly<Record<string, string | null>>;

/**
 * Reads a table written for people: columns parted by `|`, the names first. `-` is NULL; a cell that starts with `"` is
 * a JSON string, for blanks, escapes and a text that is `-`.
 *
 * @throws Error when a row has another number of cells than the head.
 */
export function textTable(text: string): TextRecord[] {
  const [head = [], ...rows] = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return rows.map((cells) => {
    if (cells.length !== head.length) throw new Error(`not ${head.length} cells: ${cells.join(' | ')}`);
    return Object.fromEntries(head.map((name, at) => [name, cellValue(cells[at] ?? '')]));
  });
}

function cellValue(cell: string): string | null {
  if (cell === '-') return null;
  return cell.startsWith('"') ? (JSON.parse(cell) as string) : cell;
}
