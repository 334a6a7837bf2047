import { keyInPlace } from '#shared/contracts/names.ts';
import { isError } from '#shared/errors/penstock-error.ts';
import { sha256FromHex } from '#shared/landing/checksum.ts';
import { landingErrors } from '#shared/landing/errors.ts';
import type { LocalCopy } from '#shared/landing/landing-store.ts';
import { getFiles, type LedgerFile } from '#shared/ledger/files.ts';
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

/**
 * Brings a file's verified bytes to the local disk, from wherever they stand: a move that a dead process began, or that
 * another ends meanwhile, may have taken them elsewhere than the ledger said a moment ago.
 *
 * @throws LANDING_OBJECT_CORRUPT, LANDING_OBJECT_MISSING: the file is then for quarantine.
 */
export async function fetchLocal(
  deps: StagingDeps,
  file: LedgerFile,
  signal: AbortSignal,
): Promise<LocalFile> {
  try {
    return await fetchFrom(deps, file, file.key, signal);
  } catch (error) {
    if (!isError(error, landingErrors.objectMissing)) throw error;
    const [now = file] = await getFiles(deps.ledger, [file.fileId]);
    const elsewhere =
      now.key === file.key && now.movingTo !== null ? keyInPlace(now.key, now.movingTo) : now.key;
    return fetchFrom(deps, now, elsewhere, signal);
  }
}

async function fetchFrom(
  deps: StagingDeps,
  file: LedgerFile,
  key: string,
  signal: AbortSignal,
): Promise<LocalFile> {
  return { file, local: await deps.landing.fetchToLocal(key, deps.workDir, identityOf(file), { signal }) };
}

/** Gives the local copies back; an object itself stays where it is. */
export async function releaseLocal(files: readonly LocalFile[]): Promise<void> {
  await Promise.all(files.map(({ local }) => local.release()));
}
