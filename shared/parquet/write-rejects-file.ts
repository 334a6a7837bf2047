import parquetjs from 'parquetjs-lite';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { TextRow } from '#shared/pipeline/contract-zod.ts';
import type { RejectCode } from '#shared/pipeline/reject-codes.ts';
import { digestFile, type FileDigest } from './file-digest.ts';

/** A row that broke its contract, with nothing but allowlisted fields, as the source wrote them. */
export interface RejectedRow {
  readonly fields: TextRow;
  /** Field or `_cursor`. */
  readonly column: string;
  readonly code: RejectCode;
  /** Position in its part of the source's rows, from 1. */
  readonly ordinal: bigint;
  readonly cursor: string | null;
  /** Where a file holds rejects of several slices; default that of its origin. */
  readonly slice?: string;
}

/** Written next to every reject of a file. */
export interface RejectsOrigin {
  readonly contract: Contract;
  readonly slice: string;
}

/** A finished rejects file. */
export interface RejectsFile extends FileDigest {
  readonly path: string;
  readonly rows: number;
}

/** Rows held in memory before they are written. */
const ROW_GROUP_ROWS = 1000;

/**
 * Writes rejects as they come: every field as optional text, then `_reject_column`, `_reject_code`,
 * `_reject_ordinal`, `_contract_version`, `_cursor`, `_slice`. The store that the file is handed to makes it durable.
 */
export async function writeRejectsFile(
  path: string,
  origin: RejectsOrigin,
  rejects: AsyncIterable<readonly RejectedRow[]>,
): Promise<RejectsFile> {
  // Version 1 pages without an index are what every other reader understands.
  const options = { rowGroupSize: ROW_GROUP_ROWS, useDataPageV2: false, pageIndex: false };
  const writer = await parquetjs.ParquetWriter.openFile(rejectsSchema(origin.contract), path, options);
  let rows = 0;
  for await (const batch of rejects) {
    for (const reject of batch) await writer.appendRow(rejectRecord(origin, reject));
    rows += batch.length;
  }
  await writer.close();
  return { path, rows, ...(await digestFile(path)) };
}

function rejectsSchema(contract: Contract): parquetjs.ParquetSchema {
  const text = { type: 'UTF8', optional: true } as const;
  const fields = Object.keys(contract.fields).map((name) => [name, text] as const);
  return new parquetjs.ParquetSchema({
    ...Object.fromEntries(fields),
    _reject_column: { type: 'UTF8' },
    _reject_code: { type: 'UTF8' },
    _reject_ordinal: { type: 'INT64' },
    _contract_version: { type: 'INT32' },
    _cursor: text,
    _slice: { type: 'UTF8' },
  });
}

function rejectRecord(
  { contract, slice }: RejectsOrigin,
  reject: RejectedRow,
): Record<string, string | number | undefined> {
  const fields = Object.keys(contract.fields).map(
    (name) => [name, reject.fields[name] ?? undefined] as const,
  );
  return {
    ...Object.fromEntries(fields),
    _reject_column: reject.column,
    _reject_code: reject.code,
    _reject_ordinal: Number(reject.ordinal),
    _contract_version: contract.version,
    _cursor: reject.cursor ?? undefined,
    _slice: reject.slice ?? slice,
  };
}
