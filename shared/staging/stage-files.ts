import type { RelationName } from '#shared/contracts/names.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { openCsvStream } from '#shared/parquet/open-csv-stream.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { FileToLoad } from '#shared/warehouse/warehouse-port.ts';
import { stagingErrors } from './errors.ts';
import type { LocalFile } from './local-files.ts';
import type { StagingDeps } from './staging-deps.ts';

/**
 * Makes a hashed table anew from landed files, whole or not at all, and compares its rows with the ledger's.
 *
 * @throws STAGING_ROWS_DIFFER when a file brought another number of rows than the ledger has; those of the warehouse.
 */
export async function stageFiles(
  deps: StagingDeps,
  relation: RelationName,
  contract: Contract,
  files: readonly LocalFile[],
  signal: AbortSignal,
): Promise<void> {
  const toLoad = files.map((file) => fileToLoad(deps, contract, file));
  const rows = await deps.warehouse.loadHashedTable(relation, contract, toLoad, { signal });
  for (const { file } of files) {
    const found = Number(rows.get(file.fileId) ?? 0n);
    if (found === file.rows) continue;
    throw new PenstockError(stagingErrors.rowsDiffer, { fileId: file.fileId, expected: file.rows, found });
  }
}

function fileToLoad(deps: StagingDeps, contract: Contract, { file, local }: LocalFile): FileToLoad {
  return {
    fileId: file.fileId,
    uri: file.key,
    openCsv: async (signal) => {
      const options = { workDir: deps.workDir, ...(signal === undefined ? {} : { signal }) };
      const source = [{ path: local.path, fileId: BigInt(file.fileId) }];
      const csv = await openCsvStream(deps.engine, source, contract, options);
      await deps.onFile?.();
      return csv.stream;
    },
  };
}
