import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { BatchBounds, BatchResults } from '#shared/models/execute/batch-results.ts';
import type { RunFlags } from '#shared/models/invoke/invocation.ts';
import { transformErrors } from './errors.ts';
import { RUN_COMMANDS } from './run-verbs.ts';

/** What an invocation left to be done, as its `run_results.json` tells. */
export interface EarlierInvocation {
  readonly command: (typeof RUN_COMMANDS)[number];
  /** Unique ids of what failed or was skipped. */
  readonly ids: ReadonlySet<string>;
  /** Its flags, named as the command line's are here, those that hold again. */
  readonly kept: Readonly<Record<string, unknown>>;
  readonly retried: NonNullable<RunFlags['retried']>;
}

/** Statuses that are taken up again (`task/retry.py`). */
const RETRIED = ['error', 'fail', 'skipped', 'runtime error', 'partial success'];

/** Flags of the earlier invocation that hold again. `warn_error` does not, as in the original. */
const KEPT = [
  'vars',
  'full_refresh',
  'fail_fast',
  'store_failures',
  'empty',
  'audit',
  'defer',
  'defer_state',
  'favor_state',
  'event_time_start',
  'event_time_end',
  'sample',
  'profile',
  'target',
  'threads',
  'warehouse_schema',
] as const;

/**
 * Reads it from a folder of artifacts, ours or the original's.
 *
 * @param warnError warnings are taken up too.
 * @throws PenstockError TRANSFORM_CANNOT_RETRY where there is none, or it was of a command that cannot be taken up.
 */
export async function earlierInvocation(folder: string, warnError: boolean): Promise<EarlierInvocation> {
  const document = await readJson(join(folder, 'run_results.json'));
  const args = recordOf(document['args']);
  const which = String(args['which'] ?? 'none');
  const command = RUN_COMMANDS.find((one) => one === which);
  if (command === undefined) throw new PenstockError(transformErrors.cannotRetry, { folder, command: which });
  const results = listOf(document['results'])
    .map(recordOf)
    .filter(({ unique_id: id }) => !String(id).startsWith('operation.'));
  const statuses = warnError ? [...RETRIED, 'warn'] : RETRIED;
  const failed = results.filter(({ status }) => statuses.includes(String(status)));
  return {
    command,
    ids: new Set(failed.map(({ unique_id: id }) => String(id))),
    kept: keptFlags(args),
    retried: { startedAt: startOf(recordOf(document['metadata'])), batches: batchesOf(failed) },
  };
}

function keptFlags(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = KEPT.filter((name) => args[name] !== undefined && args[name] !== null);
  const flags = Object.fromEntries(kept.map((name) => [camelCase(name), args[name]]));
  // What was deferred to may have been named by --state alone.
  const { state } = args;
  return flags['defer'] === true && typeof state === 'string' ? { deferState: state, ...flags } : flags;
}

const camelCase = (name: string): string =>
  name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());

function startOf({
  invocation_started_at: startedAt,
  generated_at: generatedAt,
}: Record<string, unknown>): string {
  const at = new Date(String(startedAt ?? generatedAt));
  return (Number.isNaN(at.getTime()) ? new Date() : at).toISOString();
}

/** Where nothing was done, a model is built as if it had not been tried: its table may have to be replaced. */
function batchesOf(results: readonly Record<string, unknown>[]): Map<string, BatchResults> {
  const batches = new Map<string, BatchResults>();
  for (const { unique_id: id, batch_results: written } of results) {
    const [successful, failed] = ['successful', 'failed'].map((key) => boundsOf(recordOf(written)[key]));
    if (successful?.length && failed?.length) batches.set(String(id), { successful, failed });
  }
  return batches;
}

const boundsOf = (list: unknown): BatchBounds[] =>
  listOf(list).map((pair): BatchBounds => [String(listOf(pair)[0]), String(listOf(pair)[1])]);

async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    throw new PenstockError(transformErrors.cannotRetry, { folder: path, command: 'none' });
  }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
