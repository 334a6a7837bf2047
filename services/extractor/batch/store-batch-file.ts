import { fileKeyOf } from '#shared/contracts/names.ts';
import type { ClaimedTask } from '#shared/contracts/task.ts';
import { sha256FromHex } from '#shared/landing/checksum.ts';
import type { LandingStore } from '#shared/landing/landing-store.ts';
import type { NewFile } from '#shared/ledger/file-insert.ts';
import type { Run } from '#shared/ledger/runs.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import { contractFingerprint } from '#shared/pipeline/contract-fingerprint.ts';

/** Whose file it is. */
export interface BatchFileOf {
  readonly run: Run;
  readonly task: ClaimedTask;
  readonly contract: Contract;
  /** Deterministic by the window it hangs on. */
  readonly batch: string;
  readonly part: number;
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
export async function storeBatchFile(
  { landing }: { readonly landing: LandingStore },
  { run, task, contract, batch, part }: BatchFileOf,
  extension: 'parquet' | 'rejects.parquet',
  file: ConvertedFile,
): Promise<NewFile> {
  const { pipeline, logicalTime, runId, ingestionDate } = run;
  const identity = { pipeline, stream: task.stream, ingestionDate, logicalTime, runId, batch };
  const key = fileKeyOf('landing', { ...identity, attempt: task.attempt, part, extension });
  await landing.putFile(key, file.path, { checksum: sha256FromHex(file.sha256), handOver: true });
  return {
    ...{ part, key, bytes: file.bytes, rows: file.rows, sha256: file.sha256 },
    cursorMin: file.cursorMin ?? null,
    cursorMax: file.cursorMax ?? null,
    schemaFingerprint: contractFingerprint(contract),
    contractVersion: contract.version,
  };
}
