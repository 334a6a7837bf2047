import { join } from 'node:path';
import { convertBatch } from '#shared/parquet/convert-row-batch.ts';
import { openRowBatch } from '#shared/parquet/row-batch.ts';
import { openSliceSpool } from '#shared/parquet/slice-spool.ts';
import { STAMP, type Way } from './way.ts';

/** Rows of a customer, who is large: what outgrows memory goes by way of a file of its own, as it does in the engine. */
const SLICE_ROWS = 25_000;

/** As the engine does it: a spool for each slice, slices together in one text, which DuckDB converts. */
export const byCsv: Way = async ({ engine, contract, rows, folder, outPath }) => {
  const batch = openRowBatch(join(folder, 'batch.csv'));
  const open = () => openSliceSpool({ contract, path: join(folder, `slice-${batch.slices.length}`) });
  const append = async (): Promise<void> =>
    batch.append([{ slice: STAMP.slice, versionSuffix: STAMP.version, spool: await spool.finish() }]);
  let spool = open();
  for (const row of rows) {
    await spool.add(row, STAMP.cursor);
    if (spool.rows < SLICE_ROWS) continue;
    await append();
    spool = open();
  }
  await append();
  const rejectsPath = join(folder, 'rejects.parquet');
  await convertBatch(engine, batch, { contract, versionKind: 'ordinal', outPath, rejectsPath });
  await batch.discard();
  await Promise.all(batch.slices.map((slice) => slice.spool.discard()));
};
