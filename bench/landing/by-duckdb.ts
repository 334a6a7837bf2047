import { join } from 'node:path';
import { convertBatch } from '#shared/parquet/convert-row-batch.ts';
import { openRowBatch } from '#shared/parquet/row-batch.ts';
import { spoolSlices } from './spool-slices.ts';
import type { Way } from './way.ts';

/** As the engine does it where the module does not: slices together in one text, which DuckDB converts. */
export const byDuckdb: Way = async ({ engine, contract, rows, folder, outPath }) => {
  const slices = await spoolSlices(contract, rows, folder);
  const batch = openRowBatch(join(folder, 'batch.csv'));
  await batch.append(slices);
  const rejectsPath = join(folder, 'rejects.parquet');
  await convertBatch(engine, batch, { contract, versionKind: 'ordinal', outPath, rejectsPath });
  await batch.discard();
  await Promise.all(slices.map(({ spool }) => spool.discard()));
};
