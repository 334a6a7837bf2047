import type { JobsOptions, JobType } from 'bullmq';
import { type JobKind, jobs, type PayloadOf } from '#shared/contracts/jobs.ts';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { classifyQueueError } from './classify-queue-error.ts';
import type { ErrorReporter } from './error-reporter.ts';
import { queueErrors } from './errors.ts';
import { safeJobId } from './job-id.ts';
import { jobOptions, nudgeOptions, periodicIdOf, periodicOptions } from './job-options.ts';
import { sendablePayloads } from './payload-gate.ts';
import { PeriodTicker } from './period-ticker.ts';
import { processorFor } from './process-job.ts';
import type { QueueConfig, QueueSettings } from './queue-config.ts';
import type { BackendQueue, BuiltWorker, QueueDriver } from './queue-driver.ts';
import type {
  CloseReport,
  EnqueueOptions,
  Handlers,
  QueueCapabilities,
  QueueCounts,
  QueuePort,
  QueueWorker,
  RepeatableKind,
  WorkOptions,
} from './queue-port.ts';
import { SupervisedWorker } from './supervised-worker.ts';
import { withinDeadline } from './within-deadline.ts';

const CHUNK_JOBS = 500;
/** A queue server that was emptied forgets a queue's limit; it is set again this often. */
const LIMIT_REFRESH_MS = 5_000;
/** For a repeated job that an earlier process left waiting. */
const PERIODS_LOOKED_BACK = 60;
const STATES = ['waiting', 'paused', 'prioritized', 'active', 'delayed', 'completed', 'failed'] as const;
/** BullMQ's type leaves `paused` out, but its PostgreSQL backend counts a paused queue's jobs there. */
const COUNTED = STATES as readonly string[] as readonly JobType[];

/** The port over either driver. */
export class BullmqQueue implements QueuePort {
  readonly kind: 'redis' | 'postgres';
  readonly capabilities: QueueCapabilities;
  readonly #driver: QueueDriver;
  readonly #config: QueueConfig;
  readonly #settings: QueueSettings;
  readonly #reporter: ErrorReporter;
  readonly #workers = new Set<SupervisedWorker>();
  readonly #tickers = new Map<string, PeriodTicker>();
  #closing: Promise<CloseReport> | undefined;

  constructor(driver: QueueDriver, config: QueueConfig, settings: QueueSettings, reporter: ErrorReporter) {
    this.kind = driver.kind;
    this.capabilities = driver.capabilities;
    this.#driver = driver;
    this.#config = config;
    this.#settings = settings;
    this.#reporter = reporter;
  }

  enqueue<K extends JobKind>(
    queue: string,
    kind: K,
    payload: PayloadOf<K>,
    options: EnqueueOptions = {},
  ): Promise<void> {
    return this.enqueueMany(queue, kind, [payload], options);
  }

  async enqueueMany<K extends JobKind>(
    queue: string,
    kind: K,
    payloads: readonly PayloadOf<K>[],
    options: EnqueueOptions = {},
  ): Promise<void> {
    const sendable = await sendablePayloads(this.#config.dead, queue, kind, payloads);
    const name = jobs[kind].name;
    for (let from = 0; from < sendable.length; from += CHUNK_JOBS) {
      const chunk = sendable.slice(from, from + CHUNK_JOBS);
      const added = chunk.map((data) => ({ name, data, opts: jobOptions(kind, data, options) }));
      await this.#ask('enqueue', queue, (target) => target.addBulk(added));
    }
  }

  async nudge<K extends JobKind>(queue: string, kind: K, payload: PayloadOf<K>): Promise<void> {
    const [data] = await sendablePayloads(this.#config.dead, queue, kind, [payload]);
    if (data !== undefined) await this.#add('nudge', queue, kind, data, nudgeOptions(kind, data));
  }

  async repeat(queue: string, kind: RepeatableKind, everyMs: number): Promise<void> {
    const key = `${queue} ${kind}`;
    let added: string | undefined;
    const fire = async (period: number): Promise<void> => {
      const idOf = (one: number): string => periodicIdOf(kind, {}, one);
      // After a start an earlier process may have left one; then the last one added is enough to know.
      const earlier = Array.from({ length: PERIODS_LOOKED_BACK }, (_, index) => idOf(period - 1 - index));
      const pending = await this.present(queue, added === undefined ? earlier : [added]);
      if (pending.size > 0) return;
      await this.#add('repeat', queue, kind, {}, periodicOptions(kind, {}, period));
      added = idOf(period);
    };
    const fireOrReport = (period: number): Promise<void> =>
      fire(period).catch((error: unknown) => this.#reporter.report(error, 'repeat'));
    const ticker = new PeriodTicker(everyMs, fireOrReport);
    await this.#replaceTicker(key, ticker);
  }

  async work(queue: string, handlers: Handlers, options: WorkOptions): Promise<QueueWorker> {
    this.#refuseWhenClosed();
    const running = new Map<string, AbortController>();
    const { dead: sink, onOutcome } = this.#config;
    const processor = processorFor({ queue, handlers, sink, running, onOutcome });
    const concurrency = this.#localConcurrency(options);
    const build = async (): Promise<BuiltWorker> => {
      await this.#limit(queue, options.globalConcurrency);
      return this.#driver.worker(queue, processor, concurrency);
    };
    this.#keepLimit(queue, options.globalConcurrency);
    const worker = new SupervisedWorker({ queue, running, reporter: this.#reporter, build });
    this.#workers.add(worker);
    return worker;
  }

  async counts(queue: string): Promise<QueueCounts> {
    const found = await this.#ask('counts', queue, (target) => target.getJobCounts(...COUNTED));
    const of = (state: (typeof STATES)[number]): number => found[state] ?? 0;
    return {
      waiting: of('waiting') + of('paused') + of('prioritized'),
      active: of('active'),
      delayed: of('delayed'),
      completed: of('completed'),
      failed: of('failed'),
    };
  }

  async present(queue: string, jobIds: readonly string[]): Promise<Set<string>> {
    if (jobIds.length === 0) return new Set();
    const safe = new Map(jobIds.map((id) => [safeJobId(id), id]));
    const found = await this.#bounded('present', this.#driver.present(queue, [...safe.keys()]));
    return new Set([...found].map((id) => safe.get(id) ?? id));
  }

  async remove(queue: string, jobId: string): Promise<boolean> {
    // The two backends disagree on what removing an absent job returns.
    await this.#ask('remove', queue, (target) => target.remove(safeJobId(jobId)));
    return !(await this.present(queue, [jobId])).has(jobId);
  }

  async obliterate(queue: string): Promise<void> {
    await this.#ask('obliterate', queue, (target) => target.obliterate({ force: true }));
  }

  async check(): Promise<string[]> {
    try {
      return await this.#bounded('check', this.#driver.problems());
    } catch (error) {
      return [classifyQueueError(error, 'check').message];
    }
  }

  bullBoardQueues(names: readonly string[]): Promise<readonly unknown[]> {
    return this.#bounded('bull board', Promise.all(names.map((name) => this.#driver.queue(name))));
  }

  close(options: { readonly deadlineMs: number }): Promise<CloseReport> {
    this.#closing ??= this.#close(options.deadlineMs);
    return this.#closing;
  }

  async #close(deadlineMs: number): Promise<CloseReport> {
    const endsAtMs = Date.now() + deadlineMs;
    for (const ticker of this.#tickers.values()) ticker.stop();
    // The workers leave the connections a tenth to say goodbye in.
    const workerDeadlineMs = deadlineMs * 0.9;
    const reports = await Promise.all(
      [...this.#workers].map((worker) => worker.close({ deadlineMs: workerDeadlineMs })),
    );
    await this.#driver.close(Math.max(endsAtMs - Date.now(), 0));
    return { forced: reports.flatMap((report) => report.forced) };
  }

  async #add<K extends JobKind>(
    operation: string,
    queue: string,
    kind: K,
    data: PayloadOf<K>,
    options: JobsOptions,
  ): Promise<void> {
    await this.#ask(operation, queue, (target) => target.add(jobs[kind].name, data, options));
  }

  async #ask<T>(operation: string, queue: string, ask: (target: BackendQueue) => Promise<T>): Promise<T> {
    this.#refuseWhenClosed();
    return this.#bounded(operation, this.#driver.queue(queue).then(ask));
  }

  /** Own time-out: BullMQ's calls may otherwise hang for as long as the server does. */
  async #bounded<T>(operation: string, work: Promise<T>): Promise<T> {
    const deadlineMs = this.#settings.producerTimeoutMs * 4;
    const late = (): Error => new PenstockError(queueErrors.unreachable, { operation, waitedMs: deadlineMs });
    try {
      return await withinDeadline(work, deadlineMs, late);
    } catch (error) {
      throw classifyQueueError(error, operation);
    }
  }

  #localConcurrency(options: WorkOptions): number {
    const { concurrency, globalConcurrency = concurrency } = options;
    return this.capabilities.cheapGlobalConcurrency ? concurrency : Math.min(concurrency, globalConcurrency);
  }

  /** Compares first: on PostgreSQL setting it is a write. */
  async #limit(queue: string, limit: number | undefined): Promise<void> {
    if (limit === undefined) return;
    await this.#ask('limit', queue, async (target) => {
      if ((await target.getGlobalConcurrency()) !== limit) await target.setGlobalConcurrency(limit);
    });
  }

  #keepLimit(queue: string, limit: number | undefined): void {
    if (limit === undefined) return;
    const ticker = new PeriodTicker(LIMIT_REFRESH_MS, () =>
      this.#limit(queue, limit).catch((error: unknown) => this.#reporter.report(error, 'limit')),
    );
    void this.#replaceTicker(`${queue} limit`, ticker);
  }

  async #replaceTicker(key: string, ticker: PeriodTicker): Promise<void> {
    this.#tickers.get(key)?.stop();
    this.#tickers.set(key, ticker);
    await ticker.start();
  }

  #refuseWhenClosed(): void {
    if (this.#closing !== undefined) throw new PenstockError(queueErrors.closed);
  }
}
