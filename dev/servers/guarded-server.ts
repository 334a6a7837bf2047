import { rm } from 'node:fs/promises';
import type { GuardedProcess } from './guarded-process.ts';
import { signalIfAlive } from './process-tree.ts';

/** A server of one process over a temporary folder: stopped, frozen, killed, and started again on the same data. */
export abstract class GuardedServer {
  readonly dataDir: string;
  readonly #endSignal: 'SIGTERM' | 'SIGKILL';
  protected process: GuardedProcess | undefined;

  /** @param endSignal what ends it without losing what it has acknowledged. */
  constructor(dataDir: string, endSignal: 'SIGTERM' | 'SIGKILL') {
    this.dataDir = dataDir;
    this.#endSignal = endSignal;
  }

  /** Starts the process into `process`, and returns once it answers. */
  abstract launch(): Promise<void>;

  get pid(): number {
    return this.process?.pid ?? -1;
  }

  async stop(): Promise<void> {
    await this.#end();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    const running = this.process;
    if (running === undefined || running.hasEnded()) return;
    signalIfAlive(running.pid, signal);
    if (signal === 'SIGKILL') await running.ended;
  }

  async restart(): Promise<void> {
    await this.#end();
    await this.launch();
  }

  async #end(): Promise<void> {
    const running = this.process;
    if (running === undefined || running.hasEnded()) return;
    // A stopped process would never see the request.
    await this.kill('SIGCONT');
    signalIfAlive(running.pid, this.#endSignal);
    await running.ended;
  }
}
