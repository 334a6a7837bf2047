import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ReaderReport } from './http-reader-main.ts';

const script = fileURLToPath(new URL('http-reader-main.ts', import.meta.url));

/**
 * Reads one snapshot of a shard in a process of its own.
 *
 * @param variables of its environment.
 */
export async function readInProcess(
  url: string,
  maxBodyBytes: number,
  variables: Readonly<Record<string, string>> = {},
): Promise<ReaderReport> {
  const command = [script, url, String(maxBodyBytes)];
  const env = { PATH: process.env['PATH'], ...variables };
  const { stdout } = await promisify(execFile)(process.execPath, command, { env });
  return JSON.parse(stdout) as ReaderReport;
}
