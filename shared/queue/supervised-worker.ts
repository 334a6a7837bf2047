import { setTimeout as sleep } from 'node:timers/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { backoffDelayMs } from './backoff-delay.ts';
import type { ErrorReporter } from './error-reporter.ts';
import { queueErrors } from './errors.ts';
import type { BuiltWorker } from './queue-driver.ts';
import type { CloseReport, QueueWorker } from './queue-port.ts';
import { settledWithin } from './within-deadline.ts';

const REBUILD_BACKOFF = { baseMs: 100, maxMs: 2_000, jitter: 0.5 } as const;
/** Time between firing the signals and cutting off, at most. */
const ABORT_GRACE_MS = 1_000;

export interface SupervisedWorkerParts {
  readonly queue: string;
  readonly running: Map<string, AbortController>;
  readonly reporter: ErrorReporter;
  readonly build: () => Promise<BuiltWorker>;
}

/** Builds a BullMQ worker as soon as its server is there, and again should it ever stop by itself. */
export class SupervisedWorker implements QueueWorker {
  readonly queue: string;
  readonly #parts: SupervisedWorkerParts;
  readonly #stopping = new AbortController();
  readonly #ready = Promise.withResolvers<void>();
  #built: BuiltWorker | undefined;
  #closing: Promise<CloseReport> | undefined;
  readonly #supervision: Promise<void>;

  constructor(parts: SupervisedWorkerParts) {
    this.queue = parts.queue;
    this.#parts = parts;
    this.#ready.promise.catch(() => undefined);
    this.#supervision = this.#supervise();
  }

  ready(): Promise<void> {
    return this.#ready.promise;
  }

  activeJobs(): readonly string[] {
    return [...this.#parts.running.keys()];
  }

  cancel(jobId: string, reason: string): boolean {
    const abort = this.#parts.running.get(jobId);
    abort?.abort(new PenstockError(queueErrors.cancelled, { queue: this.queue, jobId, reason }));
    return abort !== undefined;
  }

  close(options: { readonly deadlineMs: number }): Promise<CloseReport> {
    this.#closing ??= this.#close(options.deadlineMs);
    return this.#closing;
  }

  async #supervise(): Promise<void> {
    for (let attempt = 1; !this.#stopping.signal.aborted; attempt += 1) {
      try {
        const built = await this.#parts.build();
        attempt = 0;
        await this.#run(built);
      } catch (error) {
        this.#parts.reporter.report(error, 'start worker');
        const delayMs = backoffDelayMs(Math.max(attempt, 1), REBUILD_BACKOFF);
        await sleep(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }

  async #run(built: BuiltWorker): Promise<void> {
    if (this.#stopping.signal.aborted) return built.cut();
    this.#built = built;
    built.worker.on('lockRenewalFailed', (jobIds) => this.#abandon(jobIds));
    this.#ready.resolve();
    try {
      await built.worker.run();
      // BullMQ's loop ends only when closed; should it ever end otherwise, build another after a pause.
      if (!this.#stopping.signal.aborted) throw new PenstockError(queueErrors.failed, { operation: 'run' });
    } finally {
      if (!this.#stopping.signal.aborted) {
        built.cut();
        void built.worker.close(true).catch(() => undefined);
      }
    }
  }

  #abandon(jobIds: readonly string[]): void {
    for (const jobId of jobIds) {
      const facts = { queue: this.queue, jobId };
      this.#parts.running.get(jobId)?.abort(new PenstockError(queueErrors.lockLost, facts));
    }
  }

  async #close(deadlineMs: number): Promise<CloseReport> {
    this.#stopping.abort();
    this.#ready.reject(new PenstockError(queueErrors.closed, { queue: this.queue }));
    if (this.#built === undefined) return { forced: [] };
    const { worker, cut } = this.#built;
    const closing = worker.close();
    const graceMs = Math.min(ABORT_GRACE_MS, deadlineMs / 4);
    if (await settledWithin(closing, deadlineMs - graceMs)) return { forced: [] };
    for (const [jobId, abort] of this.#parts.running)
      abort.abort(new PenstockError(queueErrors.workerClosing, { queue: this.queue, jobId }));
    if (await settledWithin(closing, graceMs)) return { forced: [] };
    cut();
    return { forced: [{ queue: this.queue, jobIds: this.activeJobs() }] };
  }

  /** Resolves when supervision has ended; for tests. */
  async ended(): Promise<void> {
    await this.#supervision;
  }
}
