import type { Contract } from '#shared/pipeline/contract.ts';
import type { ProjectedRow } from '#shared/pipeline/project-row.ts';
import type { RejectCode } from '#shared/pipeline/reject-codes.ts';
import type { RejectedRow } from './write-rejects-file.ts';

/** A reject whose place in a file is not known yet. */
export type SpooledReject = Omit<RejectedRow, 'ordinal' | 'slice'>;

type Rejected = Extract<ProjectedRow, { ok: false }>;
type Line = readonly [column: string, code: RejectCode, cursor: string | null, ...fields: (string | null)[]];

/** One reject as a line of JSON. */
export function rejectLine({ column, code, fields }: Rejected, cursor: string | null): string {
  const line: Line = [column, code, cursor, ...fields];
  return `${JSON.stringify(line)}\n`;
}

/** Reads lines that {@link rejectLine} wrote, in order. */
export async function* readRejectLines(
  contract: Contract,
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<SpooledReject> {
  const names = Object.keys(contract.fields);
  for await (const line of linesOf(pieces)) {
    const [column, code, cursor, ...values] = JSON.parse(line) as Line;
    const fields = Object.fromEntries(names.map((name, i) => [name, values[i] ?? null] as const));
    yield { column, code, cursor, fields };
  }
}

async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}
