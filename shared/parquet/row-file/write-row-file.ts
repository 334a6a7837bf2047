import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { constants, zstdCompressSync } from 'node:zlib';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { contractFingerprint } from '#shared/pipeline/contract-fingerprint.ts';
import { parquetErrors } from '../errors.ts';
import type { FileDigest } from '../file-digest.ts';
import { MAGIC } from '../parquet-envelope.ts';
import type { BatchSlice } from '../row-batch.ts';
import { toSpaceError, writeAt } from '../write-at.ts';
import { NotDoneHere, type OtherWay } from './not-done-here.ts';
import {
  type Codec,
  fileFooter,
  pageHeader,
  type WrittenChunk,
  type WrittenGroup,
} from './parquet-footer.ts';
import { type FieldColumn, fieldColumns, type RowColumn, SYSTEM_COLUMNS } from './row-columns.ts';
import { type PageBody, RowLines } from './row-lines.ts';

/** A file of whole slices. */
export interface RowFile extends FileDigest {
  readonly rows: number;
}

export interface RowFilePlan {
  readonly contract: Contract;
  readonly slices: readonly BatchSlice[];
  /** Overwritten when there. It is whole on return, not yet durable: that is for the store that it is handed to. */
  readonly outPath: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes the rows of whole slices, stamped with slice and version, to one Parquet file, by the module of this folder.
 *
 * @returns why it has to be written the other way, when this is not for it. What it left at `outPath` means nothing then.
 * @throws PenstockError PARQUET_OUT_OF_SPACE, PARQUET_ABORTED.
 */
export async function writeRowFile(plan: RowFilePlan): Promise<RowFile | OtherWay> {
  const fields = fieldColumns(plan.contract);
  if (fields === undefined) return 'column_type';
  const lines = idle.pop() ?? new RowLines();
  const file = await openFile(plan.outPath);
  let isSound = true;
  try {
    const written = await new RowFileWriter(plan, fields, lines, file).write();
    await file.close();
    return written;
  } catch (error) {
    if (error instanceof NotDoneHere) return error.why;
    isSound = false;
    // A trap is a flaw of the module's; the other way does not have it.
    if (error instanceof WebAssembly.RuntimeError) return 'module_fault';
    throw error;
  } finally {
    await file.close();
    if (isSound && lines.heldBytes <= MOST_HELD_BYTES && idle.length < MOST_IDLE) idle.push(lines);
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w');
  } catch (error) {
    throw toSpaceError(error);
  }
}

/** Modules with their memory, used again: a file needs 8 MiB. */
const idle: RowLines[] = [];
const MOST_IDLE = 1;
const MOST_HELD_BYTES = 16 << 20;

const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** Shorter bodies are stored as they are. */
const LEAST_COMPRESSED = 256;

class RowFileWriter {
  readonly #plan: RowFilePlan;
  readonly #fields: readonly FieldColumn[];
  readonly #columns: readonly RowColumn[];
  readonly #lines: RowLines;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  readonly #groups: WrittenGroup[] = [];
  #pieces: Buffer[] = [];
  /** Written, or about to be. */
  #bytes = 0;
  #writtenBytes = 0;
  #rows = 0;

  constructor(plan: RowFilePlan, fields: readonly FieldColumn[], lines: RowLines, file: FileHandle) {
    this.#plan = plan;
    this.#fields = fields;
    this.#columns = [...fields, ...SYSTEM_COLUMNS];
    this.#lines = lines;
    this.#file = file;
  }

  async write(): Promise<RowFile> {
    const { slices, contract } = this.#plan;
    this.#lines.begin(
      this.#fields,
      slices.map(({ slice, versionSuffix, spool }) => ({ id: spool.id, slice, version: versionSuffix })),
    );
    this.#put([Buffer.from(MAGIC)]);
    for (const { spool } of slices) for await (const text of spool.text()) await this.#take(text);
    while (!this.#lines.isEmpty) await this.#writeGroup();
    const stamps = { contract_version: String(contract.version), fingerprint: contractFingerprint(contract) };
    this.#put([fileFooter(this.#columns, this.#groups, stamps)]);
    await this.#flush();
    return { rows: this.#rows, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  async #take(text: Uint8Array): Promise<void> {
    let left = text;
    for (;;) {
      left = left.subarray(this.#lines.fill(left));
      if (left.length === 0) return;
      await this.#writeGroup();
    }
  }

  async #writeGroup(): Promise<void> {
    if (this.#plan.signal?.aborted === true) throw new PenstockError(parquetErrors.aborted);
    const rows = this.#lines.split();
    const chunks: WrittenChunk[] = [];
    for (const body of this.#lines.pages()) {
      const column = this.#columns[chunks.length];
      if (column === undefined) throw new RangeError('there are more pages than columns');
      chunks.push(this.#putChunk(column, body, rows));
    }
    await this.#flush();
    this.#groups.push({ rows, chunks });
    this.#rows += rows;
    this.#lines.next();
  }

  #putChunk(column: RowColumn, { bytes, nulls }: PageBody, rows: number): WrittenChunk {
    const plain = bytes.length;
    const [codec, stored] = compressed(bytes);
    const header = pageHeader(rows, plain, stored.length);
    const offset = this.#bytes;
    this.#put([header, stored]);
    const sizes = { plainBytes: header.length + plain, storedBytes: header.length + stored.length };
    return { column, codec, values: rows, nulls, offset, ...sizes };
  }

  #put(pieces: readonly Buffer[]): void {
    for (const piece of pieces) {
      this.#hash.update(piece);
      this.#pieces.push(piece);
      this.#bytes += piece.length;
    }
  }

  /** A row group at once: each call is a turn of a thread and of the event loop. */
  async #flush(): Promise<void> {
    this.#writtenBytes = await writeAt(this.#file, this.#pieces, this.#writtenBytes);
    this.#pieces = [];
  }
}

/** At once: a body of 2 MiB takes some milliseconds, and would have to be copied for another thread. */
function compressed(body: Buffer): readonly [Codec, Buffer] {
  if (body.length >= LEAST_COMPRESSED) return ['zstd', zstdCompressSync(body, LEVEL)];
  // It is written after the next page has taken its place.
  return ['none', Buffer.from(body)];
}
