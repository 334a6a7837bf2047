import { join } from 'node:path';
import { convertRowBatch } from '#shared/parquet/convert-row-batch.ts';
import { spoolSlices } from './spool-slices.ts';
import type { Way } from './way.ts';

/** As the engine does it: a spool for each slice, slices together in one file, which the module writes. */
export const byModule: Way = async ({ engine, contract, rows, folder, outPath }) => {
  const slices = await spoolSlices(contract, rows, folder);
  const files = { csvPath: join(folder, 'batch.csv'), outPath, rejectsPath: join(folder, 'rejects.parquet') };
  await convertRowBatch(engine, { contract, versionKind: 'ordinal', slices, ...files });
  await Promise.all(slices.map(({ spool }) => spool.discard()));
};
