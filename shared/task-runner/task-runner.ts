import { queues, type TaskPayload } from '#shared/contracts/jobs.ts';
import type { ClaimedTask, TaskKind } from '#shared/contracts/task.ts';
import { isError, PenstockError } from '#shared/errors/penstock-error.ts';
import type { JsonObject } from '#shared/ledger/json.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { cancelTask, claimTask, failTask, finishTask, releaseTask } from '#shared/ledger/task-attempts.ts';
import { unqueueTasks } from '#shared/ledger/task-queueing.ts';
import { queueErrors } from '#shared/queue/errors.ts';
import type { JobContext, QueuePort } from '#shared/queue/queue-port.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';
import type { Logger } from '#shared/telemetry/logger.ts';
import type { Metrics } from '#shared/telemetry/metrics.ts';
import { HeldTasks } from './held-tasks.ts';
import { retryDelayMs } from './retry-delay.ts';
import { RunNudger } from './run-nudger.ts';

/** How a handler ended well. `result` goes to the ledger: counts and names, never row values. */
export interface TaskOutcome {
  readonly status: 'succeeded' | 'no_changes' | 'skipped';
  readonly result: JsonObject;
}

export interface TaskContext {
  /** Fires when the attempt is superseded, the run is cancelled, the time is up, or the process drains. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  /**
   * Gives the queue's slot to the next task while this one only waits, e.g. for others to land with it. The lease is held
   * on; the job counts as done, so from here on only the ledger brings the task back.
   */
  freeSlot(): void;
}

export type TaskWork = (task: ClaimedTask, context: TaskContext) => Promise<TaskOutcome>;

export interface TaskRunnerOptions {
  readonly ledger: Ledger;
  readonly queue: QueuePort;
  /** Id of this process in the ledger. */
  readonly owner: string;
  readonly leaseMs: number;
  readonly retryBaseMs: number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A slice another run holds is tried again after this. */
const BUSY_RETRY_MS = 500;

/**
 * Runs tasks of the ledger for jobs of the queue: claim, work, record how it ended, nudge the barrier.
 *
 * The ledger decides about retries; a job ends well unless the ledger could not be reached.
 */
export class TaskRunner {
  readonly #options: TaskRunnerOptions;
  readonly #held: HeldTasks;
  readonly #nudger: RunNudger;
  /** Tasks under way, those without a slot too. */
  readonly #underWay = new Set<Promise<void>>();
  #draining = false;

  constructor(options: TaskRunnerOptions) {
    this.#options = options;
    this.#held = new HeldTasks(options.ledger, options.owner, options.leaseMs);
    this.#nudger = new RunNudger({
      send: (runId) => options.queue.nudge(queues.scheduler, 'advanceRun', { runId }),
      onError: (error) => options.log.warn({ err: error }, 'a run could not be nudged; the reconciler will'),
    });
  }

  /** Begins renewing leases. */
  start(): void {
    this.#held.start((error) => this.#options.log.warn({ err: error }, 'leases could not be renewed'));
  }

  /** From now on a task that is cut off goes back to the ledger without counting a failure. */
  drain(): void {
    this.#draining = true;
  }

  /** Stops renewing leases, once every task under way has ended and its run has been nudged. */
  async stop(): Promise<void> {
    await Promise.all(this.#underWay);
    await this.#nudger.flush();
    await this.#held.stop();
  }

  /** The queue handler of one kind of task. */
  handler(kind: TaskKind, work: TaskWork): (payload: TaskPayload, context: JobContext) => Promise<void> {
    return async (payload, context) => {
      const task = await this.#claim(payload, context);
      if (task === undefined) return;
      this.#options.metrics.queueWaitSeconds.observe({ kind }, (Date.now() - context.enqueuedAtMs) / 1_000);
      const slot = Promise.withResolvers<void>();
      const ended = this.#runAndNudge(task, work, context, slot.resolve);
      await Promise.race([ended, slot.promise]);
    };
  }

  async #runAndNudge(
    task: ClaimedTask,
    work: TaskWork,
    context: JobContext,
    freeSlot: () => void,
  ): Promise<void> {
    const running = this.#run(task, work, context, freeSlot);
    // Its failure reaches the queue while the job holds its slot; afterwards the lease expires, and brings the task back.
    const settled = running.catch((err: unknown) =>
      this.#options.log.warn({ err, task: task.taskId }, 'how a task ended could not be recorded'),
    );
    this.#underWay.add(settled);
    try {
      await running;
    } finally {
      this.#underWay.delete(settled);
    }
    // After the ending is in the ledger, so that the barrier cannot miss it.
    this.#nudger.nudge(task.runId);
  }

  async #claim(payload: TaskPayload, { jobId }: JobContext): Promise<ClaimedTask | undefined> {
    const { ledger, owner, leaseMs, log } = this.#options;
    const answer = await claimTask(ledger, payload.taskId, { owner, jobId, leaseMs });
    if ('claimed' in answer) return answer.claimed;
    log.debug({ task: payload.taskId, refused: answer.refused }, 'claim refused');
    if (answer.refused === 'slice_busy' || answer.refused === 'not_yet') {
      await unqueueTasks(ledger, [{ taskId: payload.taskId, jobId }], BUSY_RETRY_MS);
    }
    return undefined;
  }

  async #run(task: ClaimedTask, work: TaskWork, context: JobContext, freeSlot: () => void): Promise<void> {
    const { log, metrics } = this.#options;
    const held = this.#held.hold(task);
    const taskLog = log.child({
      run: task.runId,
      task: task.taskId,
      attempt: task.attempt,
      stream: task.stream,
      slice: task.slice,
    });
    const signal = AbortSignal.any([held.abort.signal, context.signal]);
    const labels = { kind: task.kind, pipeline: task.pipeline, stream: task.stream };
    const stopTimer = metrics.taskSeconds.startTimer(labels);
    let outcome: string;
    try {
      const done = await work(task, { signal, log: taskLog, freeSlot });
      await finishTask(this.#options.ledger, task, done.status, done.result);
      outcome = done.status;
    } catch (error) {
      const cutOff = signal.aborted && (this.#draining || wasInterrupted(task, signal.reason));
      outcome = await this.#failed(task, error, { cancelled: held.cancelled, cutOff }, taskLog);
    } finally {
      this.#held.drop(task);
      stopTimer();
    }
    metrics.tasks.inc({ ...labels, outcome });
  }

  /** Records a failure; a superseded attempt records nothing, because nothing of it may count. */
  async #failed(
    task: ClaimedTask,
    error: unknown,
    why: { cancelled: boolean; cutOff: boolean },
    log: Logger,
  ): Promise<string> {
    const { ledger, retryBaseMs } = this.#options;
    try {
      if (why.cancelled) return await cancelTask(ledger, task).then(() => 'cancelled');
      if (why.cutOff) return await releaseTask(ledger, task).then(() => 'released');
      const recorded = recordedError(error);
      const terminal = error instanceof PenstockError && error.retry === 'terminal';
      const retryInMs = retryDelayMs(retryBaseMs, task.attempt, Math.random());
      const after = await failTask(ledger, task, recorded, terminal ? { giveUp: true } : { retryInMs });
      log.warn({ err: error, after }, 'task failed');
      return after;
    } catch (fault) {
      if (fault instanceof PenstockError && fault.code === 'LEDGER_SUPERSEDED_ATTEMPT') return 'superseded';
      throw fault;
    }
  }
}

/** A task that is interrupted more often than this probably interrupts itself, e.g. by keeping the process from renewing anything. */
const MAX_INTERRUPTIONS = 20;

/** Its job or its lease went elsewhere: that is nothing the work did wrong, so no failure is counted. Time that ran out is. */
function wasInterrupted({ attempt }: ClaimedTask, reason: unknown): boolean {
  return attempt <= MAX_INTERRUPTIONS && !isError(reason, queueErrors.timedOut);
}

/** Never longer than this in the ledger. */
const MAX_MESSAGE_LENGTH = 2_000;

function recordedError(error: unknown): { code: string; message: string; actor: string } {
  const { code, message, actor } = describeError(error);
  return { code, message: message.slice(0, MAX_MESSAGE_LENGTH), actor };
}
