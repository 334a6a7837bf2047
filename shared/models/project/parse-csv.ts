/** One record of a CSV file and the line it starts at. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

/**
 * Records of a CSV text as Python's `csv` gives them: quotes doubled, text behind a closing quote still belongs to the field, an
 * empty line is a record without fields.
 *
 * @param text with LF line ends.
 * @param delimiter one character between fields.
 * @throws Error when a quote is never closed, which Python takes for a field up to the end.
 */
export function parseCsv(text: string, delimiter: string): CsvRecord[] {
  const escaped = delimiter === '\\' ? '\\\\' : delimiter.replace(/[\]^-]/, '\\$&');
  const plain = new RegExp(`[^${escaped}\\n]*`, 'y');
  const records: CsvRecord[] = [];
  let [at, line] = [0, 1];
  while (at < text.length) {
    const [fields, start] = [[] as string[], line];
    do {
      if (fields.length > 0) at += 1;
      const field = readField(text, at, line, plain);
      fields.push(field.value);
      at = field.end;
      line += field.newlines;
    } while (text[at] === delimiter);
    at += 1;
    line += 1;
    records.push({ fields: fields.length === 1 && fields[0] === '' ? [] : fields, line: start });
  }
  return records;
}

interface Field {
  readonly value: string;
  readonly end: number;
  readonly newlines: number;
}

const QUOTED = /"((?:[^"]|"")*)"/y;

function readField(text: string, start: number, line: number, plain: RegExp): Field {
  let [value, at, newlines] = ['', start, 0];
  if (text[start] === '"') {
    QUOTED.lastIndex = start;
    const found = QUOTED.exec(text);
    if (!found) throw new Error(`line ${line}: a quote is never closed`);
    const raw = found[1] ?? '';
    value = raw.replaceAll('""', '"');
    at += found[0].length;
    newlines = raw.split('\n').length - 1;
  }
  plain.lastIndex = at;
  const rest = plain.exec(text)?.[0] ?? '';
  return { value: value + rest, end: at + rest.length, newlines };
}
