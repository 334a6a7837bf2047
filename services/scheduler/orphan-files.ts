import { fileByKey } from '#shared/ledger/files.ts';
import { getRun } from '#shared/ledger/runs.ts';
import type { SchedulerDeps } from './scheduler-deps.ts';

/** Objects looked at in one pass and place; the next pass goes on where this one ended. */
const PER_PASS = 1_000;

/** Where the last pass ended, by prefix. A restart begins anew, which costs nothing but looking again. */
const continueAfter = new Map<string, string>();

/**
 * Deletes objects in `landing/` that the ledger never heard of (their writer died before it could record them), once
 * their run has been closed for the grace period. Objects whose names are not ours are left alone.
 */
export async function deleteOrphanFiles(deps: SchedulerDeps): Promise<number> {
  let deleted = 0;
  for (const pipeline of deps.pipelines.keys()) deleted += await deleteUnder(deps, `landing/${pipeline}/`);
  return deleted;
}

async function deleteUnder(deps: SchedulerDeps, prefix: string): Promise<number> {
  const after = continueAfter.get(prefix);
  let seen = 0;
  let deleted = 0;
  continueAfter.delete(prefix);
  for await (const { key } of deps.landing.list(prefix, {
    limit: PER_PASS,
    ...(after === undefined ? {} : { after }),
  })) {
    seen += 1;
    if (seen === PER_PASS) continueAfter.set(prefix, key);
    if (!(await isOrphan(deps, key))) continue;
    await deps.landing.delete(key);
    deleted += 1;
  }
  return deleted;
}

async function isOrphan({ ledger, settings, now }: SchedulerDeps, key: string): Promise<boolean> {
  const runId = /_(r[a-z2-7]{11})_[^/]*\.parquet$/.exec(key)?.[1];
  if (runId === undefined) return false;
  if ((await fileByKey(ledger, key)) !== undefined) return false;
  const run = await getRun(ledger, runId);
  if (run === undefined) return false;
  return run.finishedAt !== null && now().getTime() - Date.parse(run.finishedAt) > settings.orphanGraceMs;
}
