import type { QueuePort } from '#shared/queue/queue-port.ts';

/** The part of BullMQ's queue that tests use to do what the port never would. */
export interface RawQueue {
  add(name: string, data: unknown, options?: object): Promise<unknown>;
  pause(): Promise<void>;
  getGlobalConcurrency(): Promise<number | null>;
  getJob(id: string): Promise<RawJob | undefined>;
  getJobs(states: readonly string[]): Promise<RawJob[]>;
}

export interface RawJob {
  readonly id: string;
  readonly data: unknown;
  readonly failedReason: string | undefined;
  readonly returnvalue: unknown;
  readonly stacktrace: readonly string[];
}

export async function rawQueue(port: QueuePort, queue: string): Promise<RawQueue> {
  const [raw] = await port.bullBoardQueues([queue]);
  return raw as RawQueue;
}
