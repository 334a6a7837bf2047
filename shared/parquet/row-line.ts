import type { Contract } from '#shared/pipeline/contract.ts';
import type { FieldType } from '#shared/pipeline/field.ts';
import { doubled, LINE_QUOTE as QUOTE } from '#shared/pipeline/line-quote.ts';
import { type PickedRow, segmentBounds } from '#shared/pipeline/picker/picked-row.ts';

/** Takes text, part by part. */
export interface TextSink {
  write(text: string): void;
  /** Text that is there as bytes. */
  writeBytes(bytes: Buffer, from: number, to: number): void;
}

/** Writes one row as a line of text: its fields' canonical text in order, then the cursor, then `tail`. */
export type WriteRowLine = (
  out: TextSink,
  fields: readonly (string | null)[],
  cursor: string | null,
  tail: string,
  picked: PickedRow | null,
) => void;

/** Compiles the writing of a contract's rows, as `csvRelation` reads them with {@link QUOTE}. */
export function writeRowLine(contract: Contract): WriteRowLine {
  const quoted = Object.values(contract.fields).map(({ type }) => needsQuotes(type));
  return (out, fields, cursor, tail, picked) => {
    const segments = picked?.text.segments ?? [];
    let nth = 0;
    for (let i = 0; i < quoted.length; i += 1) {
      const segment = segments[nth];
      if (picked !== null && segment?.from === i) {
        const [from, to] = segmentBounds(picked, nth);
        out.writeBytes(picked.text.bytes, from, to);
        nth += 1;
        i = segment.to - 1;
        continue;
      }
      const text = fields[i] ?? null;
      if (text !== null && quoted[i] === true) writeQuoted(out, text);
      else if (text !== null) out.write(text);
      out.write(',');
    }
    if (cursor !== null) out.write(cursor);
    out.write(',');
    out.write(tail);
    out.write('\n');
  };
}

/** Canonical text of the other types holds neither commas nor line ends and is never empty. */
function needsQuotes({ kind }: FieldType): boolean {
  return kind === 'text' || kind === 'json' || kind === 'array';
}

function writeQuoted(out: TextSink, text: string): void {
  out.write(QUOTE);
  out.write(doubled(text));
  out.write(QUOTE);
}
