import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BenchServers } from './bench-servers.ts';
import { createDatabase } from './databases.ts';
import { startNodeProcess } from './service-process.ts';
import { until } from './services.ts';

/** A process that loads the same rows into a warehouse over and over. */
export interface LoadBeside {
  /** Loads finished so far. */
  loads(): Promise<number>;
  stop(): Promise<void>;
}

const START_MS = 120_000;

/** Starts it and returns once rows flow. */
export async function startLoadBeside(
  servers: BenchServers,
  rows: number,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LoadBeside> {
  const url = await createDatabase(servers.mainUrl, 'loaded_beside');
  const progress = join(servers.folder, 'loads');
  const main = new URL('../load-beside/main.ts', import.meta.url);
  const args = [url, String(rows), servers.folder, progress];
  const child = startNodeProcess(main, args, { PATH: environment['PATH'], HOME: environment['HOME'] });
  const loads = async (): Promise<number> => Number(await readFile(progress, 'utf8'));
  try {
    const begun = () =>
      loads().then(
        (count) => (Number.isNaN(count) ? undefined : true),
        () => undefined,
      );
    await until(START_MS, 'the load beside to begin', begun);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { loads, stop: () => child.stop() };
}
