import type { SeedRows } from '../model-warehouse.ts';

/**
 * Reads a seed's CSV (RFC 4180: quotes doubled, line ends LF or CRLF, a byte order mark is dropped).
 *
 * Column types are inferred as the original does: integer, numeric, boolean, date, timestamp, else
 * text; an empty field is NULL.
 *
 * @param types SQL types given by `column_types`, which win over inference.
 * @param delimiter one character between fields.
 * @throws Error naming the line when a row has more or fewer fields than the header, or a quote is never closed.
 */
export function readSeed(text: string, types: Readonly<Record<string, string>>, delimiter = ','): SeedRows {
  const records = parseCsv(text.replace(/^\uFEFF/, ''), delimiter);
  const [header, ...body] = records;
  if (!header) throw new Error('the file is empty');
  for (const { fields, line } of body) {
    if (fields.length !== header.fields.length) {
      throw new Error(`line ${line} has ${fields.length} fields, the header ${header.fields.length}`);
    }
  }
  const rows = body.map(({ fields }) => fields.map((field) => (field === '' ? null : field)));
  const columns = header.fields.map((name, index) => {
    const values = rows.map((row) => row[index] ?? null);
    return { name: name ?? '', type: types[name ?? ''] ?? inferType(values) };
  });
  return { columns, rows };
}

interface CsvRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

function parseCsv(text: string, delimiter: string): CsvRecord[] {
  const plain = new RegExp(
    `[^${delimiter === '\\' ? '\\\\' : delimiter.replace(/[\]^-]/, '\\$&')}\\r\\n]*`,
    'y',
  );
  const records: CsvRecord[] = [];
  let fields: string[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const start = line;
    for (;;) {
      const field = readField(text, at, line, plain);
      fields.push(field.value);
      at = field.end;
      line += field.newlines;
      if (text[at] !== delimiter) break;
      at += 1;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    line += 1;
    if (fields.length > 1 || fields[0] !== '') records.push({ fields, line: start });
    fields = [];
  }
  return records;
}

function readField(
  text: string,
  start: number,
  line: number,
  plain: RegExp,
): { value: string; end: number; newlines: number } {
  if (text[start] !== '"') {
    plain.lastIndex = start;
    const value = plain.exec(text)?.[0] ?? '';
    return { value, end: start + value.length, newlines: 0 };
  }
  const quoted = /"((?:[^"]|"")*)"/y;
  quoted.lastIndex = start;
  const found = quoted.exec(text);
  if (!found) throw new Error(`line ${line}: a quote is never closed`);
  const raw = found[1] ?? '';
  return {
    value: raw.replaceAll('""', '"'),
    end: start + found[0].length,
    newlines: raw.split('\n').length - 1,
  };
}

/** From the narrowest type to the widest; each with what all values must look like. */
const TYPES: readonly (readonly [string, RegExp])[] = [
  ['boolean', /^(true|false)$/i],
  ['integer', /^-?(0|[1-9]\d{0,8})$/],
  ['bigint', /^-?(0|[1-9]\d{0,17})$/],
  ['numeric', /^-?(?=\.?\d)(0|[1-9]\d*)?(\.\d+)?([eE][-+]?\d+)?$/],
  ['date', /^\d{4}-\d\d-\d\d$/],
  ['timestamp', /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$/],
];

function inferType(values: readonly (string | null)[]): string {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) return 'text';
  return TYPES.find(([, pattern]) => present.every((value) => pattern.test(value)))?.[0] ?? 'text';
}
