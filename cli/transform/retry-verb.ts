import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { CliContext } from '../context.ts';
import { printResult } from '../output.ts';
import { transformErrors } from './errors.ts';
import { targetDirOf } from './open-transform.ts';
import type { RetryFlags } from './retry-verbs.ts';
import { runVerb } from './run-verb.ts';
import { RUN_COMMANDS } from './run-verbs.ts';

/** Statuses that are taken up again (`task/retry.py`). */
const RETRIED = ['error', 'fail', 'skipped', 'runtime error', 'partial success'];

/** Flags of the earlier invocation that hold again; what the command line says now wins. */
const KEPT = [
  'vars',
  'full_refresh',
  'fail_fast',
  'store_failures',
  'empty',
  'defer',
  'defer_state',
  'favor_state',
  'event_time_start',
  'event_time_end',
  'sample',
  'warn_error',
  'profile',
  'target',
  'threads',
] as const;

/** Runs again what failed or was skipped in the last invocation, with its flags. */
export async function retryVerb(context: CliContext, flags: RetryFlags): Promise<void> {
  const folder =
    flags.state === undefined ? await targetDirOf(context, flags) : resolve(context.cwd, flags.state);
  const { command, ids, kept } = await readFailures(folder);
  if (ids.size === 0)
    return printResult(
      context,
      flags,
      { retried: [] },
      () => 'Nothing to retry: the last invocation had no failure\n',
    );
  // `--state` of retry says where to look, not what to defer to.
  const { state: _state, ...now } = flags;
  await runVerb(context, command, { ...kept, ...now }, ids);
}

interface Failures {
  readonly command: (typeof RUN_COMMANDS)[number];
  readonly ids: ReadonlySet<string>;
  readonly kept: Readonly<Record<string, unknown>>;
}

async function readFailures(folder: string): Promise<Failures> {
  const document = await readJson(join(folder, 'run_results.json'));
  const args = recordOf(document['args']);
  const command = RUN_COMMANDS.find((one) => one === args['which']);
  if (command === undefined)
    throw new PenstockError(transformErrors.cannotRetry, {
      folder,
      command: String(args['which'] ?? 'none'),
    });
  const results = Array.isArray(document['results']) ? document['results'].map(recordOf) : [];
  const ids = results
    .filter(
      ({ status, unique_id: id }) => RETRIED.includes(String(status)) && !String(id).startsWith('operation.'),
    )
    .map(({ unique_id: id }) => String(id));
  const kept = KEPT.filter((name) => args[name] !== undefined && args[name] !== null).map((name) => [
    name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase()),
    args[name],
  ]);
  return { command, ids: new Set(ids), kept: Object.fromEntries(kept) as Record<string, unknown> };
}

async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    return recordOf(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    throw new PenstockError(transformErrors.cannotRetry, { folder: path, command: 'none' });
  }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
