import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freePort } from '#dev/servers/free-port.ts';
import { serviceEnvironment, serviceNodeFlags } from '#dev/service-node-flags.ts';
import { type ServiceName, until } from './services.ts';

/** One service as its own process, as it is deployed. */
export interface ServiceProcess {
  readonly pid: number;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Starts `services/<name>/main.ts`; it logs warnings to standard error. */
export function startServiceProcess(name: ServiceName, variables: Variables): ServiceProcess {
  const main = new URL(`../../services/${name}/main.ts`, import.meta.url);
  return startNodeProcess(main, [], { ...serviceEnvironment(name), ...variables }, serviceNodeFlags(name));
}

const READY_MS = 60_000;

/** The same, and waits until it says that it is ready: connected, its workers waiting. */
export async function startReadyService(name: ServiceName, variables: Variables): Promise<ServiceProcess> {
  const port = await freePort();
  const service = startServiceProcess(name, { ...variables, PENSTOCK_HTTP_PORT: String(port) });
  const isReady = async (): Promise<true | undefined> => {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    return answer?.ok === true ? true : undefined;
  };
  try {
    await until(READY_MS, `the ${name} to be ready`, isReady, 50);
    return service;
  } catch (error) {
    await service.stop();
    throw error;
  }
}

/** Starts a program of this repository under the same Node. */
export function startNodeProcess(
  main: URL,
  args: readonly string[],
  variables: Variables,
  flags: readonly string[] = [],
): ServiceProcess {
  const command = [...flags, fileURLToPath(main), ...args];
  const child = spawn(process.execPath, command, { env: variables, stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  };
  if (child.pid === undefined) throw new Error('the process could not be started');
  return { pid: child.pid, stop };
}
