import { type ReleaseReport, Releasers } from './releasers.ts';

export type ServiceState = 'idle' | 'starting' | 'running' | 'stopping' | 'stopped' | 'failed';

/** What a service does to start: acquire, and register how to release. */
export type StartService = (releasers: Releasers, signal: AbortSignal) => Promise<void>;

/**
 * The life of one service: idle → starting → running → stopping → stopped.
 *
 * Concurrent `start` calls share one promise; a failed start releases what it had acquired and can be stopped;
 * `stop` before `start` leaves it stopped; `stop` during `start` waits for it, then releases.
 */
export class Service {
  readonly name: string;
  readonly #start: StartService;
  readonly #releasers = new Releasers();
  readonly #abort = new AbortController();
  #state: ServiceState = 'idle';
  #starting: Promise<void> | undefined;
  #stopping: Promise<ReleaseReport> | undefined;

  constructor(name: string, start: StartService) {
    this.name = name;
    this.#start = start;
  }

  get state(): ServiceState {
    return this.#state;
  }

  /** @throws whatever starting threw; the service is then `failed` and holds nothing. */
  start(): Promise<void> {
    if (this.#stopping !== undefined) return Promise.reject(new Error(`${this.name} is stopped`));
    this.#starting ??= this.#run();
    return this.#starting;
  }

  async #run(): Promise<void> {
    this.#state = 'starting';
    try {
      await this.#start(this.#releasers, this.#abort.signal);
      if (this.#state === 'starting') this.#state = 'running';
    } catch (error) {
      this.#state = 'failed';
      await this.#releasers.releaseAll(5_000);
      throw error;
    }
  }

  /**
   * Drains and releases everything within the deadline. Later calls return the first one's promise.
   *
   * @param deadlineMs below the platform's grace period.
   */
  stop(deadlineMs: number): Promise<ReleaseReport> {
    this.#stopping ??= this.#release(deadlineMs);
    return this.#stopping;
  }

  async #release(deadlineMs: number): Promise<ReleaseReport> {
    const wasFailed = this.#state === 'failed';
    if (!wasFailed) this.#state = 'stopping';
    this.#abort.abort(new Error(`${this.name} is stopping`));
    await this.#starting?.catch(() => {});
    const report = await this.#releasers.releaseAll(deadlineMs);
    this.#state = 'stopped';
    return report;
  }
}
