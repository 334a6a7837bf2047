import { sha256FromHex } from '#shared/landing/checksum.ts';
import type { LocalCopy } from '#shared/landing/landing-store.ts';
import type { LedgerFile } from '#shared/ledger/files.ts';
import type { StagingDeps } from './staging-deps.ts';

/** A landed file of the ledger with its verified bytes on the local disk. */
export interface LocalFile {
  readonly file: LedgerFile;
  readonly local: LocalCopy;
}

/** Size and checksum as the ledger has them. */
export const identityOf = (file: Pick<LedgerFile, 'bytes' | 'sha256'>) => ({
  bytes: file.bytes,
  checksum: sha256FromHex(file.sha256),
});

/** @throws LANDING_OBJECT_CORRUPT, LANDING_OBJECT_MISSING: the file is then for quarantine. */
export async function fetchLocal(
  deps: StagingDeps,
  file: LedgerFile,
  signal: AbortSignal,
): Promise<LocalFile> {
  return {
    file,
    local: await deps.landing.fetchToLocal(file.key, deps.workDir, identityOf(file), { signal }),
  };
}

/** Gives the local copies back; an object itself stays where it is. */
export async function releaseLocal(files: readonly LocalFile[]): Promise<void> {
  await Promise.all(files.map(({ local }) => local.release()));
}
