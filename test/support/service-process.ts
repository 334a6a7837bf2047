import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestPlatform } from './test-platform.ts';

export type ServiceName = 'scheduler' | 'extractor' | 'loader' | 'transformer';

/** One service as its own process, as it is deployed. */
export interface ServiceProcess {
  readonly child: ChildProcess;
  /** Resolves with the signal or code it ended by. */
  readonly ended: Promise<string>;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
}

/**
 * Starts `services/<name>/main.ts`, from code that was compiled before where there is some: half of a start is compiling.
 *
 * @param crashAt step at which it kills itself, e.g. `load.archived:installments`; none lets it live.
 * @param hear is told all it writes, log included.
 */
export function startServiceProcess(
  platform: Pick<TestPlatform, 'environment'>,
  name: ServiceName,
  crashAt = '',
  hear?: (text: string) => void,
): ServiceProcess {
  const main = fileURLToPath(new URL(`../../services/${name}/main.ts`, import.meta.url));
  const env = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: join(tmpdir(), 'penstock-test-code'),
    ...platform.environment,
    PENSTOCK_TEST_CRASH_AT: crashAt,
  };
  const child = spawn(process.execPath, [main], {
    env,
    stdio: ['ignore', hear === undefined ? 'ignore' : 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2_000);
    hear?.(String(chunk));
  });
  child.stdout?.on('data', (chunk: Buffer) => hear?.(String(chunk)));
  const ended = once(child, 'exit').then(([code, signal]) => String(signal ?? `${code} ${said}`));
  return {
    child,
    ended,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}
