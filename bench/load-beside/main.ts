import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { openParquetEngine } from '#shared/parquet/parquet-engine.ts';
import { openPostgresWarehouse } from '#shared/warehouse/postgres/postgres-warehouse.ts';
import { contract, filesToLoad, writeLandingFiles } from '../load/landed-rows.ts';

/*
 * Loads landed files into a hashed table again and again, until it is ended by a signal: company for the figures that
 * are taken under load. Arguments: database, rows, a folder to work in, a file that the number of loads is written to.
 */
const [, , url = '', rows = '', parent = '', progress = ''] = process.argv;
const folder = await mkdtemp(join(parent, 'beside-'));
const engine = await openParquetEngine({ workDir: join(folder, 'work') });
const warehouse = openPostgresWarehouse({ url, applicationName: 'bench-load-beside' });
const landed = await writeLandingFiles(folder, Number(rows), 4);
for (let loads = 0; ; loads += 1) {
  writeFileSync(progress, String(loads));
  await warehouse.loadHashedTable(
    { schema: 'bench_temp', name: 'beside' },
    contract,
    filesToLoad(engine, landed),
  );
}
