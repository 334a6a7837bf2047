import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WorkerEvent, WorkerOrders } from './queue-worker-main.ts';
import { waitFor } from './wait-for.ts';

const script = fileURLToPath(new URL('./queue-worker-main.ts', import.meta.url));

/** A worker in an operating-system process of its own, to be killed and frozen. */
export interface WorkerProcess {
  readonly pid: number;
  /** What it said so far, oldest first. */
  readonly events: readonly WorkerEvent[];
  until(event: WorkerEvent['event'], timeoutMs?: number): Promise<WorkerEvent>;
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Kills it and waits for its end. */
  end(): Promise<void>;
}

export async function startWorkerProcess(orders: WorkerOrders): Promise<WorkerProcess> {
  const child = spawn(process.execPath, [script, JSON.stringify(orders)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = new RunningWorker(child);
  await started.until('ready', 15_000);
  return started;
}

class RunningWorker implements WorkerProcess {
  readonly events: WorkerEvent[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('exit', resolve));
    const { stdout } = child;
    if (stdout === null) throw new Error('the worker process has no stdout');
    createInterface({ input: stdout }).on('line', (line) => {
      this.events.push(JSON.parse(line) as WorkerEvent);
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  until(event: WorkerEvent['event'], timeoutMs = 10_000): Promise<WorkerEvent> {
    const found = () => this.events.find((one) => one.event === event);
    return waitFor(found, { what: `the worker process to say ${event}`, timeoutMs });
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
