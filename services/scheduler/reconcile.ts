import { sha256FromHex } from '#shared/landing/checksum.ts';
import { discardedFiles, finishMoves, markFilesDeleted, movesUnderWay } from '#shared/ledger/file-moves.ts';
import { endSilentProcesses } from '#shared/ledger/processes.ts';
import { expireLeases } from '#shared/ledger/task-leases.ts';
import { type QueuedTask, queuedTasks, requeueLost } from '#shared/ledger/task-queueing.ts';
import { queueOf } from './fill-queues.ts';
import { nudgeOpenRuns } from './nudge-runs.ts';
import { deleteOrphanFiles } from './orphan-files.ts';
import { dropOrphanTables } from './orphan-tables.ts';
import { purgeOldRuns } from './purge-old-runs.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** A job younger than this may still be on its way into the queue. */
const JOB_GRACE_MS = 2_000;
/** A process silent for this many leases is dead. */
const SILENT_LEASES = 4;

/** What one pass mended, by finding. */
export type Findings = Readonly<Record<string, number>>;

/** Brings ledger, queue, landing and warehouse together, whatever died in between. */
export class Reconciler {
  readonly #deps: SchedulerDeps;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
  }

  /** True when `reconcileMs` have passed since the last pass of this process. */
  isDue(): boolean {
    return performance.now() - this.#lastAt >= this.#deps.settings.reconcileMs;
  }

  /**
   * One pass. Every step is idempotent and stands alone: one that fails is logged and the others go on.
   *
   * @returns what was found and mended, counted.
   */
  async reconcile(): Promise<Findings> {
    this.#lastAt = performance.now();
    const findings: Record<string, number> = {};
    for (const [finding, step] of Object.entries(STEPS)) {
      findings[finding] = await this.#attempt(finding, step);
    }
    return findings;
  }

  async #attempt(finding: string, step: (deps: SchedulerDeps) => Promise<number>): Promise<number> {
    const { metrics, log } = this.#deps;
    try {
      const count = await step(this.#deps);
      if (count > 0) {
        metrics.reconciled.inc({ finding }, count);
        log.info({ finding, count }, 'reconciled');
      }
      return count;
    } catch (err) {
      log.warn({ err, finding }, 'a step of the reconciler failed; the next pass tries again');
      return 0;
    }
  }
}

const STEPS = {
  expired_lease: async (deps: SchedulerDeps) => (await expireLeases(deps.ledger)).length,
  lost_job: requeueLostJobs,
  silent_process: async (deps: SchedulerDeps) =>
    (await endSilentProcesses(deps.ledger, SILENT_LEASES * deps.settings.leaseMs)).length,
  unfinished_move: finishFileMoves,
  discarded_file: deleteDiscardedFiles,
  orphan_table: dropOrphanTables,
  orphan_file: deleteOrphanFiles,
  old_run: purgeOldRuns,
  nudged_run: async (deps: SchedulerDeps) => {
    await nudgeOpenRuns(deps);
    return 0;
  },
};

/** Tasks the ledger believes to be queued, but whose job the queue has lost. */
async function requeueLostJobs({ ledger, queue }: SchedulerDeps): Promise<number> {
  const byQueue = Map.groupBy(await queuedTasks(ledger, { olderThanMs: JOB_GRACE_MS }), ({ kind, shard }) =>
    queueOf(kind, shard),
  );
  let requeued = 0;
  for (const [name, tasks] of byQueue) {
    const present = await queue.present(
      name,
      tasks.map((task: QueuedTask) => task.jobId),
    );
    const lost = tasks.filter((task: QueuedTask) => !present.has(task.jobId));
    if (lost.length > 0) requeued += (await requeueLost(ledger, lost)).length;
  }
  return requeued;
}

/** Moves that a dead process began: the bytes are brought where the ledger says, then the ledger is told. */
async function finishFileMoves({ ledger, landing }: SchedulerDeps): Promise<number> {
  const moves = await movesUnderWay(ledger);
  let finished = 0;
  for (const move of moves) {
    // A quarantined file may be corrupt: it moves as it is.
    const identity = { bytes: move.bytes, checksum: sha256FromHex(move.sha256) };
    await landing.move(move.key, move.toKey, move.to === 'quarantine' ? 'as-is' : identity);
    await finishMoves(ledger, 'reconciler', [move.fileId]);
    finished += 1;
  }
  return finished;
}

async function deleteDiscardedFiles({ ledger, landing }: SchedulerDeps): Promise<number> {
  const files = await discardedFiles(ledger);
  for (const file of files) await landing.delete(file.key);
  return markFilesDeleted(
    ledger,
    files.map((file) => file.fileId),
  );
}
