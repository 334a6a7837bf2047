import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { SERVICE_NODE_FLAGS } from '#dev/service-node-flags.ts';
import type { ServiceName } from './services.ts';

/** One service as its own process, as it is deployed. */
export interface ServiceProcess {
  readonly pid: number;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Starts `services/<name>/main.ts`; it logs warnings to standard error. */
export function startServiceProcess(name: ServiceName, variables: Variables): ServiceProcess {
  return startNodeProcess(new URL(`../../services/${name}/main.ts`, import.meta.url), [], variables);
}

/** Starts a program of this repository under the same Node. */
export function startNodeProcess(main: URL, args: readonly string[], variables: Variables): ServiceProcess {
  const command = [...SERVICE_NODE_FLAGS, fileURLToPath(main), ...args];
  const child = spawn(process.execPath, command, { env: variables, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  if (child.pid === undefined) throw new Error('the process could not be started');
  return { pid: child.pid, stop };
}
