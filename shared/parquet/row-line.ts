import type { Contract } from '#shared/pipeline/contract.ts';
import type { FieldType } from '#shared/pipeline/field.ts';
import { ROW_TEXT_QUOTE as QUOTE } from './csv-relation.ts';

/** One row as a line of text: its fields' canonical text in order, then the cursor, then `tail`. */
export type RowLine = (fields: readonly (string | null)[], cursor: string | null, tail: string) => string;

/** Compiles the writing of a contract's rows, as `csvRelation` reads them with {@link QUOTE}. */
export function rowLineOf(contract: Contract): RowLine {
  const quoted = Object.values(contract.fields).map(({ type }) => needsQuotes(type));
  return (fields, cursor, tail) => {
    let line = '';
    for (let i = 0; i < quoted.length; i += 1) {
      const text = fields[i] ?? null;
      if (text !== null) line += quoted[i] === true ? quotedText(text) : text;
      line += ',';
    }
    return `${line}${cursor ?? ''},${tail}\n`;
  };
}

/** Canonical text of the other types holds neither commas nor line ends and is never empty. */
function needsQuotes({ kind }: FieldType): boolean {
  return kind === 'text' || kind === 'json' || kind === 'array';
}

function quotedText(text: string): string {
  return text.includes(QUOTE)
    ? `${QUOTE}${text.replaceAll(QUOTE, QUOTE + QUOTE)}${QUOTE}`
    : QUOTE + text + QUOTE;
}
