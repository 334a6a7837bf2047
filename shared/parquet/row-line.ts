import type { Contract } from '#shared/pipeline/contract.ts';
import type { FieldType } from '#shared/pipeline/field.ts';
import { doubled, LINE_QUOTE as QUOTE } from '#shared/pipeline/line-quote.ts';
import type { PickedRows, Segment } from '#shared/pipeline/picker/picked-rows.ts';

/** Takes text, part by part. */
export interface TextSink {
  write(text: string): void;
  /** Text that is there as bytes. */
  writeBytes(bytes: Buffer, from: number, to: number): void;
}

/** Writes rows as lines of text: a row's fields' canonical text in order, then the cursor, then `tail`. */
export interface RowLineWriter {
  write(out: TextSink, fields: readonly (string | null)[], cursor: string | null, tail: string): void;
  /** @param fields those that the rows' own text does not hold. */
  writePicked(
    out: TextSink,
    rows: PickedRows,
    fields: readonly (string | null)[],
    cursor: string | null,
    tail: string,
  ): void;
}

/** Compiles the writing of a contract's rows, as `csvRelation` reads them with {@link QUOTE}. */
export function rowLineWriter(contract: Contract): RowLineWriter {
  const quoted = Object.values(contract.fields).map(({ type }) => needsQuotes(type));
  const writeField = (out: Pick<TextSink, 'write'>, text: string | null, i: number): void => {
    if (text !== null && quoted[i] === true) writeQuoted(out, text);
    else if (text !== null) out.write(text);
    out.write(',');
  };
  const fieldText = (text: string | null, i: number): string => {
    let field = '';
    writeField({ write: (part) => (field += part) }, text, i);
    return field;
  };
  return {
    write(out, fields, cursor, tail) {
      for (let i = 0; i < quoted.length; i += 1) writeField(out, fields[i] ?? null, i);
      if (cursor !== null) out.write(cursor);
      out.write(',');
      out.write(tail);
      out.write('\n');
    },
    writePicked(out, rows, fields, cursor, tail) {
      const { page } = rows;
      const between = betweenSegments(page.segments, fields.map(fieldText));
      const behind = Buffer.concat([between.pop() ?? NOTHING, Buffer.from(`${cursor ?? ''},${tail}\n`)]);
      for (let nth = 0; nth < rows.count; nth += 1) {
        const row = rows.at(nth);
        for (let i = 0; i < between.length; i += 1) {
          const before = between[i] ?? NOTHING;
          if (before.length > 0) out.writeBytes(before, 0, before.length);
          out.writeBytes(page.memory.bytes, page.startOf(row, i), page.startOf(row, i + 1));
        }
        out.writeBytes(behind, 0, behind.length);
      }
    },
  };
}

const NOTHING = Buffer.alloc(0);

/** Text of the columns before each segment, and behind the last. */
function betweenSegments(segments: readonly Segment[], fields: readonly string[]): Buffer[] {
  const starts = [0, ...segments.map(({ to }) => to)];
  const ends = [...segments.map(({ from }) => from), fields.length];
  return starts.map((from, i) => Buffer.from(fields.slice(from, ends[i]).join('')));
}

/** Canonical text of the other types holds neither commas nor line ends and is never empty. */
function needsQuotes({ kind }: FieldType): boolean {
  return kind === 'text' || kind === 'json' || kind === 'array';
}

function writeQuoted(out: Pick<TextSink, 'write'>, text: string): void {
  out.write(QUOTE);
  out.write(doubled(text));
  out.write(QUOTE);
}
