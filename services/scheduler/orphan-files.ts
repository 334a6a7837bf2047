import { fileByKey } from '#shared/ledger/files.ts';
import { getRun } from '#shared/ledger/runs.ts';
import { eachAlone } from './each-alone.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Objects looked at in one pass and place; the next pass goes on where this one ended. */
const PER_PASS = 1_000;

/**
 * Deletes objects in `landing/` that the ledger never heard of (their writer died before it could record them), once
 * their run has been closed for the grace period. Objects whose names are not ours are left alone.
 */
export class OrphanFiles {
  readonly #deps: SchedulerDeps;
  readonly #perPass: number;
  /** Where the last pass ended, by prefix. A restart begins anew, which costs nothing but looking again. */
  readonly #continueAfter = new Map<string, string>();

  constructor(deps: SchedulerDeps, perPass = PER_PASS) {
    this.#deps = deps;
    this.#perPass = perPass;
  }

  /** One pass. @returns how many objects were deleted. */
  async delete(): Promise<number> {
    let deleted = 0;
    for (const pipeline of this.#deps.pipelines.keys()) {
      deleted += await this.#deleteUnder(`landing/${pipeline}/`);
    }
    return deleted;
  }

  async #deleteUnder(prefix: string): Promise<number> {
    const { landing } = this.#deps;
    const orphans: string[] = [];
    for (const key of await this.#nextKeys(prefix)) if (await this.#isOrphan(key)) orphans.push(key);
    const deleted = await eachAlone(
      this.#deps,
      orphans,
      (file) => ({ file }),
      (key) => landing.delete(key),
    );
    return deleted.length;
  }

  async #nextKeys(prefix: string): Promise<string[]> {
    const after = this.#continueAfter.get(prefix);
    const limits = { limit: this.#perPass, ...(after === undefined ? {} : { after }) };
    const keys: string[] = [];
    for await (const { key } of this.#deps.landing.list(prefix, limits)) keys.push(key);
    const last = keys.at(-1);
    if (last !== undefined && keys.length === this.#perPass) this.#continueAfter.set(prefix, last);
    else this.#continueAfter.delete(prefix);
    return keys;
  }

  async #isOrphan(key: string): Promise<boolean> {
    const { ledger, settings, now } = this.#deps;
    const runId = /_(r[a-z2-7]{11})_[^/]*\.parquet$/.exec(key)?.[1];
    if (runId === undefined) return false;
    if ((await fileByKey(ledger, key)) !== undefined) return false;
    const run = await getRun(ledger, runId);
    if (run === undefined || run.finishedAt === null) return false;
    return now().getTime() - Date.parse(run.finishedAt) > settings.orphanGraceMs;
  }
}
