import { fileKeyOf } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { sha256FromHex } from '#shared/landing/checksum.ts';
import type { LandingStore } from '#shared/landing/landing-store.ts';
import type { NewFile } from '#shared/ledger/file-insert.ts';
import type { AskedRun } from '#shared/ledger/runs.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { contractFingerprint } from '#shared/pipeline/contract-fingerprint.ts';

/** Whose file it is. */
export interface LandingFileOf {
  readonly run: AskedRun;
  readonly task: ClaimedTask;
  readonly contract: Contract;
  /** Tells files of one run and stream apart, beside attempt and part. */
  readonly batch: string;
  readonly part: number;
  readonly signal?: AbortSignal | undefined;
}

/** A converted file on disk. */
export interface ConvertedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
  readonly cursorMin?: bigint | null;
  readonly cursorMax?: bigint | null;
}

/** Stores a converted file under its landing key; it is handed over. @returns it as the ledger records it. */
export async function storeLandingFile(
  { landing }: { readonly landing: LandingStore },
  { run, task, contract, batch, part, signal }: LandingFileOf,
  extension: 'parquet' | 'rejects.parquet',
  file: ConvertedFile,
): Promise<NewFile> {
  const { pipeline, logicalTime, runId, ingestionDate } = run;
  const identity = { pipeline, stream: task.stream, ingestionDate, logicalTime, runId, batch };
  const key = fileKeyOf('landing', { ...identity, attempt: task.attempt, part, extension });
  const options = { checksum: sha256FromHex(file.sha256), handOver: true };
  await landing.putFile(key, file.path, signal === undefined ? options : { ...options, signal });
  return {
    ...{ part, key, bytes: file.bytes, rows: file.rows, sha256: file.sha256 },
    cursorMin: file.cursorMin ?? null,
    cursorMax: file.cursorMax ?? null,
    schemaFingerprint: contractFingerprint(contract),
    contractVersion: contract.version,
  };
}
