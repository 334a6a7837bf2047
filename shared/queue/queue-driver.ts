import type { IQueueBackend, Processor, Queue } from 'bullmq';
import type { CuttableWorker } from './cuttable-worker.ts';
import type { QueueCapabilities } from './queue-port.ts';

export type BackendQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend, unknown>;

/** A worker that reached its server but takes no jobs yet. */
export interface BuiltWorker {
  readonly worker: CuttableWorker;
  /** Drops its locks and connections without waiting for anything. */
  cut(): void;
}

/** What differs between the two backends. Methods throw raw errors; the port classifies them. */
export interface QueueDriver {
  readonly kind: 'redis' | 'postgres';
  readonly capabilities: QueueCapabilities;
  /** A queue that reached its server; rejects fast while that is away, and may be called again. */
  queue(name: string): Promise<BackendQueue>;
  /** Builds a worker and waits for its server; rejects with nothing left behind. */
  worker(
    name: string,
    processor: Processor<unknown, unknown, string>,
    concurrency: number,
  ): Promise<BuiltWorker>;
  present(queue: string, jobIds: readonly string[]): Promise<Set<string>>;
  /** Problems in words; may throw when the server cannot be asked. */
  problems(): Promise<string[]>;
  /** Polite within the deadline, then cut. Never throws. */
  close(deadlineMs: number): Promise<void>;
}
