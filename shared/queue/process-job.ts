import { DelayedError, type Job, type Processor, UnrecoverableError, Worker } from 'bullmq';
import type { JobKind } from '#shared/contracts/jobs.ts';
import { isError, PenstockError } from '#shared/errors/penstock-error.ts';
import { backoffDelayMs, backoffOf } from './backoff-delay.ts';
import { queueErrors } from './errors.ts';
import { receivePayload } from './payload-gate.ts';
import type { DeadLetterSink, Handlers, JobContext, JobOutcome } from './queue-port.ts';
import { recordedFailure } from './recorded-failure.ts';

export interface ProcessorParts {
  readonly queue: string;
  readonly handlers: Handlers;
  readonly sink: DeadLetterSink;
  /** Handlers running now, by job id; the worker fires their signals through it. */
  readonly running: Map<string, AbortController>;
  readonly onOutcome: ((outcome: JobOutcome) => void) | undefined;
}

type LooseHandler = (payload: unknown, context: JobContext) => Promise<void>;

/** Builds what BullMQ calls for every delivery of a queue's jobs. */
export function processorFor(parts: ProcessorParts): Processor<unknown, unknown, string> {
  // BullMQ hands a signal only to functions that declare three literal parameters.
  return async (job, token, signal) => {
    const startedAtMs = Date.now();
    const received = receivePayload(job.name, job.data);
    const handler = received.ok ? handlerOf(parts.handlers, received.kind) : undefined;
    if (!received.ok || handler === undefined) {
      const refusal = received.ok ? { reason: 'this worker handles no such job', fields: [] } : received;
      await bury(parts, job, token, refusal);
      note(parts, job, startedAtMs, 'dead_letter');
      return { deadLetter: refusal.reason };
    }
    const abort = new AbortController();
    const stop = armSignal(parts, job, abort, signal, received.timeoutMs);
    try {
      await handler(received.payload, contextOf(parts.queue, job, abort.signal));
      note(parts, job, startedAtMs, 'done');
      return undefined;
    } catch (error) {
      throw translated(parts, job, startedAtMs, error, abort.signal);
    } finally {
      stop();
    }
  };
}

function handlerOf(handlers: Handlers, kind: JobKind): LooseHandler | undefined {
  // The catalogue parsed the payload for this very kind, which is what the handler's type asks for.
  return handlers[kind] as LooseHandler | undefined;
}

function contextOf(queue: string, job: Job<unknown>, signal: AbortSignal): JobContext {
  return {
    jobId: job.id ?? '',
    queue,
    signal,
    delivery: Math.max(job.attemptsStarted, 1),
    enqueuedAtMs: job.timestamp,
  };
}

/** Wires every cause of cancellation to one controller. @returns the disarming function. */
function armSignal(
  parts: ProcessorParts,
  job: Job<unknown>,
  abort: AbortController,
  signal: AbortSignal | undefined,
  timeoutMs: number,
): () => void {
  const jobId = job.id ?? '';
  const onAbort = (): void => abort.abort(reasonOf(signal?.reason, parts.queue, jobId));
  const expire = (): void =>
    abort.abort(new PenstockError(queueErrors.timedOut, { queue: parts.queue, jobId, timeoutMs }));
  const timer = setTimeout(expire, timeoutMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  parts.running.set(jobId, abort);
  return () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    if (parts.running.get(jobId) === abort) parts.running.delete(jobId);
  };
}

function reasonOf(reason: unknown, queue: string, jobId: string): PenstockError {
  if (reason instanceof PenstockError) return reason;
  return new PenstockError(queueErrors.cancelled, { queue, jobId });
}

/**
 * Records an undeliverable job. While the sink fails the job goes back as delayed, without using up an
 * attempt, so it is neither dropped nor retried into the failed set.
 */
async function bury(
  parts: ProcessorParts,
  job: Job<unknown>,
  token: string | undefined,
  refusal: { readonly reason: string; readonly fields: readonly string[] },
): Promise<void> {
  const { reason, fields } = refusal;
  try {
    await parts.sink.record({ queue: parts.queue, jobName: job.name, jobId: job.id, reason, fields });
  } catch {
    const delayMs = backoffDelayMs(job.attemptsStarted, backoffOf(job.name));
    await job.moveToDelayed(Date.now() + delayMs, token);
    throw new DelayedError();
  }
}

/** What BullMQ is told about a handler's failure. */
function translated(
  parts: ProcessorParts,
  job: Job<unknown>,
  startedAtMs: number,
  error: unknown,
  signal: AbortSignal,
): Error {
  if (signal.aborted && isError(signal.reason, queueErrors.workerClosing)) {
    note(parts, job, startedAtMs, 'returned');
    // Back to waiting at once and without using up an attempt: a deployment is not the job's fault.
    return Worker.RateLimitError();
  }
  const failure = recordedFailure(error);
  const terminal = error instanceof PenstockError && error.retry === 'terminal';
  const last = terminal || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
  note(parts, job, startedAtMs, last ? 'failed' : 'retry');
  if (!terminal) return failure;
  const unrecoverable = new UnrecoverableError(failure.message);
  if (failure.stack !== undefined) unrecoverable.stack = failure.stack;
  return unrecoverable;
}

function note(
  parts: ProcessorParts,
  job: Job<unknown>,
  startedAtMs: number,
  outcome: JobOutcome['outcome'],
): void {
  if (parts.onOutcome === undefined) return;
  const ranMs = Date.now() - startedAtMs;
  const waitedMs = Math.max(0, startedAtMs - job.timestamp - (job.opts.delay ?? 0));
  try {
    parts.onOutcome({ queue: parts.queue, jobName: job.name, outcome, waitedMs, ranMs });
  } catch {
    // A counter that fails must not make a finished job run again.
  }
}
