import { Readable } from 'node:stream';
import type { Contract } from '#shared/pipeline/contract.ts';
import { decimal, int64, text } from '#shared/pipeline/field.ts';
import type { FileToLoad, KeyBatch } from '#shared/warehouse/warehouse-port.ts';

export const contract: Contract = {
  version: 1,
  fields: { id: int64(), amount: decimal(12, 2, { nullable: true }), note: text({ nullable: true }) },
  key: ['id'],
};

/** One landed row; the engine's columns are made from the id. */
export interface Row {
  readonly id: number;
  readonly amount?: string;
  readonly note?: string;
  readonly hash?: string;
}

const quoted = (value: string): string => `"${value.replaceAll('"', '""')}"`;

export const hashOf = (row: Row): string => row.hash ?? `hash of ${row.id}`;

/** A row in the CSV form of the port. */
export function csvLine(row: Row, fileId = '8'): string {
  const note = row.note === undefined ? '' : quoted(row.note);
  return `${row.id},${row.amount ?? ''},${note},${row.id},0001,${quoted(hashOf(row))},"",${fileId}\n`;
}

/** A landed file of literal rows. */
export function fileOf(fileId: string, rows: readonly Row[]): FileToLoad {
  return {
    fileId,
    uri: `memory:${fileId}`,
    openCsv: () => Readable.from([rows.map((row) => csvLine(row, fileId)).join('')]),
  };
}

/** A landed file whose CSV is whatever the test streams. */
export function fileOfCsv(
  fileId: string,
  chunks: () => AsyncIterable<string> | Iterable<string>,
): FileToLoad {
  return { fileId, uri: `memory:${fileId}`, openCsv: () => Readable.from(chunks(), { objectMode: false }) };
}

export const rowsOf = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, index) => ({ id: from + index, note: `row ${from + index}` }));

/** Keys and hashes of rows, in batches. */
export async function* batchesOf(...batches: readonly (readonly Row[])[]): AsyncGenerator<KeyBatch> {
  for (const rows of batches) {
    yield { keys: [rows.map(({ id }) => String(id))], hashes: rows.map(hashOf) };
  }
}
