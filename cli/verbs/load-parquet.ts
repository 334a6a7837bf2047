import { resolve } from 'node:path';
import type { Command } from 'commander';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { abortOnSignal } from '../interruption.ts';
import { loadParquetErrors } from '../load-parquet/errors.ts';
import { type OutputFlags, printResult } from '../output.ts';
import { duration, grouped } from '../table.ts';

interface Flags extends OutputFlags {
  readonly schema: string;
  readonly createSchema?: boolean;
  readonly url?: string;
}

export function addLoadParquet(program: Command, context: CliContext): Command {
  const command = program
    .command('load-parquet')
    .description(
      'append each *.parquet of a folder to the table of its name, one transaction a file; columns are matched by name',
    )
    .argument('<folder>', 'folder of the files')
    .requiredOption('--schema <name>', 'schema of the tables')
    .option('--create-schema', 'create the schema and tables that are missing, with types from the files')
    .option('--url <url>', 'database to load into; default PENSTOCK_SOURCE_OLTP_URL')
    .action((folder: string, flags: Flags) => load(context, folder, flags));
  return withExamples(
    command,
    'load-parquet ./seed --schema oltp',
    'load-parquet ./seed --schema oltp --create-schema --url postgres://owner@localhost/shop',
  );
}

async function load(context: CliContext, folder: string, flags: Flags): Promise<void> {
  const url = flags.url ?? context.environment['PENSTOCK_SOURCE_OLTP_URL'];
  if (url === undefined || url === '') throw new PenstockError(loadParquetErrors.noUrl);
  // DuckDB takes a while to load: only this verb pays for it.
  const { loadFolder } = await import('../load-parquet/load-folder.ts');
  const startedAt = performance.now();
  const files = await loadFolder({
    url,
    folder: resolve(context.cwd, folder),
    schema: flags.schema,
    createSchema: flags.createSchema === true,
    signal: abortOnSignal(context.control, 'stopping; the file in hand is rolled back'),
    onLoaded: ({ table, rows }) => {
      if (flags.json !== true) context.write(`${table}: ${grouped(rows)} rows\n`);
    },
  });
  const took = `${grouped(files.length)} files in ${duration(performance.now() - startedAt)}\n`;
  printResult(context, flags, { files }, () => took);
}
