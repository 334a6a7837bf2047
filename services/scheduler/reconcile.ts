import { endSilentProcesses } from '#shared/ledger/processes.ts';
import { expireLeases } from '#shared/ledger/task-leases.ts';
import { dropModelLeftovers } from './model-leftovers.ts';
import { nudgeOpenRuns } from './nudge-runs.ts';
import { OrphanFiles } from './orphan-files.ts';
import { dropOrphanTables } from './orphan-tables.ts';
import { purgeOldRuns } from './purge-old-runs.ts';
import { rebuildEmptied } from './rebuild-emptied.ts';
import { requeueLostJobs } from './requeue-lost.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';
import { cleanAsideFiles, deleteDiscardedFiles, finishFileMoves } from './settle-files.ts';
import { watchFreshness } from './watch-freshness.ts';

/** A process silent for this many leases is dead. */
const SILENT_LEASES = 4;

/** What one pass mended, by finding. */
export type Findings = Readonly<Record<string, number>>;

type Step = () => Promise<number>;

/** Brings ledger, queue, landing and warehouse together, whatever died in between. */
export class Reconciler {
  readonly #deps: SchedulerDeps;
  readonly #steps: Readonly<Record<string, Step>>;
  #lastAt = Number.NEGATIVE_INFINITY;
  #underWay = false;

  constructor(deps: SchedulerDeps) {
    this.#deps = deps;
    this.#steps = stepsOf(deps);
  }

  /** True when `reconcileMs` have passed since the last pass of this process began, and that has ended. */
  isDue(): boolean {
    return !this.#underWay && performance.now() - this.#lastAt >= this.#deps.settings.reconcileMs;
  }

  /**
   * One pass. Every step is idempotent and stands alone: one that fails is logged and the others go on.
   *
   * @returns what was found and mended, counted.
   */
  async reconcile(): Promise<Findings> {
    this.#lastAt = performance.now();
    this.#underWay = true;
    const findings: Record<string, number> = {};
    for (const [finding, step] of Object.entries(this.#steps)) {
      findings[finding] = await this.#attempt(finding, step);
    }
    this.#underWay = false;
    return findings;
  }

  async #attempt(finding: string, step: Step): Promise<number> {
    const { metrics, log } = this.#deps;
    try {
      const count = await step();
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

function stepsOf(deps: SchedulerDeps): Readonly<Record<string, Step>> {
  const orphanFiles = new OrphanFiles(deps);
  const silentMs = SILENT_LEASES * deps.settings.leaseMs;
  return {
    expired_lease: async () => (await expireLeases(deps.ledger)).length,
    lost_job: () => requeueLostJobs(deps),
    silent_process: async () => (await endSilentProcesses(deps.ledger, silentMs)).length,
    unfinished_move: () => finishFileMoves(deps),
    discarded_file: () => deleteDiscardedFiles(deps),
    aside_file: () => cleanAsideFiles(deps),
    orphan_table: () => dropOrphanTables(deps),
    emptied_model: () => rebuildEmptied(deps),
    model_leftover: () => dropModelLeftovers(deps),
    orphan_file: () => orphanFiles.delete(),
    old_run: () => purgeOldRuns(deps),
    // Nothing is mended by it: each change is an event of its own.
    freshness: async () => {
      await watchFreshness(deps);
      return 0;
    },
    nudged_run: async () => {
      await nudgeOpenRuns(deps);
      return 0;
    },
  };
}
