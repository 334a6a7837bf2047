import type { SeedRows } from '../model-warehouse.ts';
import { parseCsv } from './parse-csv.ts';
import { inferColumn, textValues } from './seed-types.ts';

/**
 * Reads a seed's CSV as the original does (agate over Python's `csv`): line ends of any kind become LF, a byte order mark is dropped,
 * a short row is filled up with NULLs (an empty line is a row of NULLs), types are inferred by {@link inferColumn}.
 *
 * @param types SQL types given by `column_types`, which win over inference; their values stay as written.
 * @param delimiter one character between fields.
 * @throws Error naming the line when a row has more fields than the header, or a quote is never closed.
 */
export function readSeed(text: string, types: Readonly<Record<string, string>>, delimiter = ','): SeedRows {
  const [header, ...body] = parseCsv(text.replace(/^\uFEFF/, '').replaceAll(/\r\n?/g, '\n'), delimiter);
  if (!header) throw new Error('the file is empty');
  const names = columnNames(header.fields);
  for (const { fields, line } of body) {
    if (fields.length > names.length)
      throw new Error(`line ${line} has ${fields.length} fields, the header ${names.length}`);
  }
  const columns = names.map((name, index) => {
    const written = body.map(({ fields }) => fields[index] ?? '');
    const type = types[name];
    return { name, ...(type === undefined ? inferColumn(written) : { type, values: textValues(written) }) };
  });
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    rows: body.map((_, row) => columns.map(({ values }) => values[row] ?? null)),
  };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** agate's `deduplicate`: a column without a name gets a letter, a repeated one a number. */
function columnNames(header: readonly string[]): string[] {
  const names: string[] = [];
  for (const [at, written] of header.entries()) {
    const name = written || (LETTERS[at % LETTERS.length] ?? '').repeat(Math.floor(at / LETTERS.length) + 1);
    let unique = name;
    for (let number = 2; names.includes(unique); number += 1) unique = `${name}_${number}`;
    names.push(unique);
  }
  return names;
}
