import { join } from 'node:path';
import { convertCsvPart } from '#shared/parquet/convert-csv-part.ts';
import { openCsvStream } from '#shared/parquet/open-csv-stream.ts';
import { measured, peakRssMb, SAMPLE_CONTRACT, withScratch, writeSampleCsv } from './sample.ts';

/**
 * Parquet to CSV text as `COPY … FROM STDIN` would read it, drained by the event loop. Prints one JSON object.
 *
 *     node bench/parquet/stream.ts
 */
const PART_ROWS = 500_000;
const PARTS = 4;

const result = await withScratch(async (engine, folder) => {
  const csvPath = join(folder, 'part.csv');
  const outPath = join(folder, 'part.parquet');
  await writeSampleCsv(engine, csvPath, PART_ROWS);
  await convertCsvPart(engine, {
    ...{ csvPath, contract: SAMPLE_CONTRACT, slice: '', expectedRows: PART_ROWS, outPath },
    version: { kind: 'cursor-then-ordinal', suffix: '00000000000000000000000000aa' },
    rejectsPath: join(folder, 'part.rejects.parquet'),
  });
  const files = Array.from({ length: PARTS }, (_, i) => ({ path: outPath, fileId: BigInt(i) }));
  const [bytes, spent] = await measured(async () => {
    const { stream, done } = await openCsvStream(engine, files, SAMPLE_CONTRACT);
    let length = 0;
    for await (const chunk of stream) length += (chunk as Buffer).length;
    await done;
    return length;
  });
  const rows = PART_ROWS * PARTS;
  return {
    rows,
    bytes,
    ...spent,
    rowsPerSecond: Math.round((rows / spent.wallMs) * 1000),
    peakRssMb: peakRssMb(),
  };
});
console.log(JSON.stringify({ bench: 'parquet/stream', ...result }, null, 2));
