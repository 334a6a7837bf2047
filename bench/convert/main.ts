import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { convertCsvPart } from '#shared/parquet/convert-csv-part.ts';
import { measured, peakRssMb, SAMPLE_CONTRACT, withScratch, writeSampleCsv } from '../parquet/sample.ts';

/**
 * CSV to Parquet, alone: contract checks, row hash, fsync and sha256 included. Parts hold a fixed number of rows, so
 * memory must not depend on how many there are. Prints one JSON object; each size runs in a process of its own.
 *
 *     node bench/convert/main.ts
 */
const PART_ROWS = 500_000;
const SIZES = [500_000, 2_000_000, 5_000_000];

async function convertRows(rows: number): Promise<object> {
  return withScratch(async (engine, folder) => {
    const csvPath = join(folder, 'part.csv');
    await writeSampleCsv(engine, csvPath, PART_ROWS);
    const baseRssMb = peakRssMb();
    const [, spent] = await measured(async () => {
      for (let part = 0; part < rows / PART_ROWS; part += 1) {
        await convertCsvPart(engine, {
          ...{ csvPath, contract: SAMPLE_CONTRACT, slice: '', expectedRows: PART_ROWS },
          version: { kind: 'cursor-then-ordinal', suffix: '00000000000000000000000000aa' },
          outPath: join(folder, 'part.parquet'),
          rejectsPath: join(folder, 'part.rejects.parquet'),
        });
      }
    });
    const rowsPerSecond = Math.round((rows / spent.wallMs) * 1000);
    return {
      rows,
      ...spent,
      rowsPerSecond,
      cpuNsPerRow: Math.round((spent.cpuMs * 1e6) / rows),
      baseRssMb,
      peakRssMb: peakRssMb(),
    };
  });
}

const [, , size] = process.argv;
if (size === undefined) {
  const run = (rows: number): unknown =>
    JSON.parse(
      execFileSync(process.execPath, [fileURLToPath(import.meta.url), String(rows)], { encoding: 'utf8' }),
    );
  console.log(JSON.stringify({ bench: 'convert', sizes: SIZES.map(run) }, null, 2));
} else {
  console.log(JSON.stringify(await convertRows(Number(size))));
}
