import type { JobKind, PayloadOf } from '#shared/contracts/jobs.ts';

/** What a backend can do. Where one lacks something the engine keeps its promise another way; see README.md. */
export interface QueueCapabilities {
  /** A queue's `globalConcurrency` is never exceeded, whatever the number of processes. */
  readonly exactGlobalConcurrency: boolean;
  /** False: free slots poll while the limit is reached, so give one worker `concurrency` = the limit. */
  readonly cheapGlobalConcurrency: boolean;
  /** False on both as this port sees it: outcomes are read from the ledger, never from queue events. */
  readonly reliableEvents: boolean;
  /** False: more finished jobs than the limit may be kept for a while. */
  readonly exactRetention: boolean;
  /** False: an open transaction in the same database slows the queue down. */
  readonly indifferentToOpenTransactions: boolean;
  /** No-op jobs per second one process may plan with. */
  readonly plannedJobsPerSecond: number;
}

/** What a handler is told besides its payload. */
export interface JobContext {
  readonly jobId: string;
  readonly queue: string;
  /**
   * Fires when the job is cancelled, its lock is lost, the worker closes past its deadline, or the
   * catalogue's `timeoutMs` has passed. `signal.reason` is the PenstockError that says which.
   */
  readonly signal: AbortSignal;
  /** Deliveries so far, this one included. A number above 1 means that an earlier one did not finish. */
  readonly delivery: number;
  readonly enqueuedAtMs: number;
}

/** Handles one kind of job. Returning acknowledges; throwing hands the job back (see README.md, "When a handler throws"). */
export type Handler<K extends JobKind> = (payload: PayloadOf<K>, context: JobContext) => Promise<void>;

export type Handlers = { readonly [K in JobKind]?: Handler<K> };

export interface EnqueueOptions {
  readonly delayMs?: number;
  /** 1 is the most urgent of the prioritised; jobs without a priority go before all of them. */
  readonly priority?: number;
}

/** `waiting` includes prioritised jobs and those of a paused queue. */
export interface QueueCounts {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly completed: number;
  readonly failed: number;
}

export interface WorkOptions {
  /** Jobs this worker runs at once. */
  readonly concurrency: number;
  /** Jobs of the queue that all workers of all processes together run at once. */
  readonly globalConcurrency?: number;
}

/** A worker that had to be cut off: its jobs run again elsewhere once their locks lapse. */
export interface ForcedStop {
  readonly queue: string;
  /** Jobs whose handler was still running. */
  readonly jobIds: readonly string[];
}

export interface CloseReport {
  readonly forced: readonly ForcedStop[];
}

export interface QueueWorker {
  readonly queue: string;
  /** Resolves once the worker takes jobs; while the server is away or unmigrated it keeps trying. Rejects if closed before. */
  ready(): Promise<void>;
  /** Ids of the jobs whose handlers run now. */
  activeJobs(): readonly string[];
  /** Fires the signal of a job that runs in this worker. @returns false if it does not. */
  cancel(jobId: string, reason: string): boolean;
  /** Stops taking jobs, lets running ones finish, fires their signals shortly before the deadline, then cuts off. */
  close(options: { readonly deadlineMs: number }): Promise<CloseReport>;
}

/** Why a job could not be delivered; `fields` are names only, never values. */
export interface DeadLetter {
  readonly queue: string;
  readonly jobName: string;
  readonly jobId: string | undefined;
  readonly reason: string;
  readonly fields: readonly string[];
}

export interface DeadLetterSink {
  /** Must throw when it could not record: the job is then kept and offered again. */
  record(letter: DeadLetter): Promise<void>;
}

/** How one delivery of a job ended, for counters. */
export interface JobOutcome {
  readonly queue: string;
  readonly jobName: string;
  readonly outcome: 'done' | 'retry' | 'failed' | 'dead_letter' | 'returned';
  readonly waitedMs: number;
  readonly ranMs: number;
}

/** Everything the engine asks of a queue. All methods throw a PenstockError of `shared/queue/errors.ts`. */
export interface QueuePort {
  readonly kind: 'redis' | 'postgres';
  readonly capabilities: QueueCapabilities;
  /**
   * Adds one job under the catalogue's id; an id the queue still holds (finished ones included, while
   * retained) is ignored, so work that must run again goes under a new generation.
   */
  enqueue<K extends JobKind>(
    queue: string,
    kind: K,
    payload: PayloadOf<K>,
    options?: EnqueueOptions,
  ): Promise<void>;
  /** The same for many, in chunks. Validates all before adding any; a failure may leave the first chunks added. */
  enqueueMany<K extends JobKind>(
    queue: string,
    kind: K,
    payloads: readonly PayloadOf<K>[],
    options?: EnqueueOptions,
  ): Promise<void>;
  /** Barrier: at least one run of the job begins after this call, and waiting ones are folded into one. */
  nudge<K extends JobKind>(queue: string, kind: K, payload: PayloadOf<K>): Promise<void>;
  /** From now until `close`, about one job per period over all replicas together; never two waiting at once. */
  repeat(queue: string, kind: RepeatableKind, everyMs: number): Promise<void>;
  /** Takes jobs of a queue. Resolves at once, also while the server is away; see {@link QueueWorker.ready}. */
  work(queue: string, handlers: Handlers, options: WorkOptions): Promise<QueueWorker>;
  counts(queue: string): Promise<QueueCounts>;
  /** Which of these ids still wait, are delayed or active. Cheap for thousands. */
  present(queue: string, jobIds: readonly string[]): Promise<Set<string>>;
  /** Takes a job away unless it is active. @returns false when it is, and so was left. */
  remove(queue: string, jobId: string): Promise<boolean>;
  /** Deletes everything of a queue, active jobs included. */
  obliterate(queue: string): Promise<void>;
  /** Problems in words; empty when all is well. Does not throw. */
  check(): Promise<string[]>;
  /** BullMQ `Queue` objects for Bull Board; only `bull-board.ts` uses them. */
  bullBoardQueues(names: readonly string[]): Promise<readonly unknown[]>;
  /** Closes workers, then connections. Returns by the deadline, also while the server is down. */
  close(options: { readonly deadlineMs: number }): Promise<CloseReport>;
}

/** Kinds that can repeat: those whose payload is empty. */
export type RepeatableKind = {
  [K in JobKind]: Record<string, never> extends PayloadOf<K> ? K : never;
}[JobKind];
