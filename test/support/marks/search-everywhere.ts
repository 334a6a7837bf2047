import { buildProgram } from '../../../cli/program.ts';
import type { RunningServices } from '../running-services.ts';
import type { TestPlatform } from '../test-platform.ts';
import type { LogTap, TextTap } from './log-tap.ts';
import type { MarkForms } from './mark-forms.ts';
import { searchFiles } from './search-files.ts';
import { searchHttp } from './search-http.ts';
import { searchPostgres, searchWal } from './search-postgres.ts';
import { searchRedis } from './search-redis.ts';

/** All that a platform could have written to. */
export interface Places {
  readonly platform: TestPlatform;
  readonly services: RunningServices;
  readonly logs: LogTap;
  /** Commands to Redis; null where the queue is PostgreSQL's. */
  readonly commands: TextTap | null;
  /** Segments of the write-ahead log that changed since. */
  readonly sinceMs: number;
}

/** Where marks were found, by kind of place, and how much was searched. */
export interface Found {
  readonly found: Readonly<Record<string, readonly string[]>>;
  readonly searched: Readonly<Record<string, number>>;
}

/**
 * Searches files, tables, the queue, logs, metrics, HTTP answers and what the command line says.
 *
 * @param runIds that HTTP is asked for; the command line shows the last.
 */
export async function searchEverywhere(
  places: Places,
  runIds: readonly string[],
  forms: MarkForms,
): Promise<Found> {
  const { platform, services, logs, commands, sinceMs } = places;
  const files = await searchFiles(platform.landingDir, forms);
  const warehouse = await searchPostgres(platform.warehouseUrl, forms);
  const ledger = await searchPostgres(platform.ledgerUrl, forms);
  const wal = await searchWal(platform.ledgerUrl, sinceMs, forms);
  const queue = await searchQueue(places, forms);
  const http = await searchHttp(services, runIds, forms);
  const shown = await searchCommands(platform, runIds.at(-1) ?? '', forms);
  return {
    found: {
      files: files.found,
      warehouse: warehouse.found,
      ledger: ledger.found,
      wal: wal.found,
      queue: queue.found,
      http: http.found,
      commands: shown.found,
      logs: logs.foundOf(forms),
    },
    searched: {
      files: files.files,
      'bytes of files': files.bytes,
      'rows of Parquet': files.rows,
      'rows of the warehouse': warehouse.rows,
      'rows of the ledger': ledger.rows,
      'bytes of the write-ahead log': wal.bytes,
      'entries of the queue': queue.entries,
      'answers over HTTP': http.answers,
      'bytes of commands': shown.bytes,
      'lines of log': logs.lines,
      errors: logs.errors,
      ...(commands === null ? {} : { 'commands to Redis': commands.lines }),
    },
  };
}

async function searchQueue(
  { platform, commands }: Places,
  forms: MarkForms,
): Promise<{ readonly found: readonly string[]; readonly entries: number }> {
  const url = platform.environment['PENSTOCK_QUEUE_URL'] ?? '';
  if (commands === null) {
    const { found, rows } = await searchPostgres(url, forms);
    return { found, entries: rows };
  }
  const { found, keys } = await searchRedis(url, forms);
  return { found: [...found, ...commands.foundOf(forms)], entries: keys };
}

/** What the command line prints of a run, and of all there is. */
async function searchCommands(
  { environment }: TestPlatform,
  runId: string,
  forms: MarkForms,
): Promise<{ readonly found: readonly string[]; readonly bytes: number }> {
  const found: string[] = [];
  let bytes = 0;
  for (const args of [['show', runId], ['show', runId, '--json'], ['status', '--json'], ['runs']]) {
    const said = await commandOutput(args, environment);
    bytes += said.length;
    if (forms.isIn(said)) found.push(args.join(' ').replace(runId, '<run>'));
  }
  return { found, bytes };
}

/** The command line in this process: everything it writes, errors too. */
async function commandOutput(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const said: string[] = [];
  const write = (text: string): void => void said.push(text);
  const program = buildProgram({
    environment,
    cwd: process.cwd(),
    control: { onSignal: () => undefined, exit: () => undefined, say: write },
    write,
    setExitCode: () => undefined,
    interactive: false,
    color: false,
  });
  await program.parseAsync(['node', 'penstock', ...args]);
  if (said.join('') === '') throw new Error(`penstock ${args.join(' ')} said nothing`);
  return said.join('');
}
