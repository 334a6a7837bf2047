import { join } from 'node:path';
import type { BatchSlice } from '#shared/parquet/row-batch.ts';
import { openSliceSpool } from '#shared/parquet/slice-spool.ts';
import type { Contract } from '#shared/pipeline/contract.ts';
import type { ProjectedRow } from '#shared/pipeline/project-row.ts';
import { STAMP } from './way.ts';

/** Rows of a customer, who is large: what outgrows memory goes by way of a file of its own, as it does in the engine. */
const SLICE_ROWS = 25_000;

/** Rows as whole slices; their spools are the caller's to discard. */
export async function spoolSlices(
  contract: Contract,
  rows: Iterable<ProjectedRow>,
  folder: string,
): Promise<readonly BatchSlice[]> {
  const slices: BatchSlice[] = [];
  const open = () => openSliceSpool({ contract, path: join(folder, `slice-${slices.length}`) });
  const finish = async (): Promise<void> => {
    slices.push({ slice: STAMP.slice, versionSuffix: STAMP.version, spool: await spool.finish() });
  };
  let spool = open();
  for (const row of rows) {
    await spool.add(row, STAMP.cursor);
    if (spool.rows < SLICE_ROWS) continue;
    await finish();
    spool = open();
  }
  await finish();
  return slices;
}
