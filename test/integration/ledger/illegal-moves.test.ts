import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sqlstateOf } from '#shared/errors/postgres-error.ts';
import type { Ledger } from '#shared/ledger/ledger.ts';
import { closeRun } from '#shared/ledger/run-lifecycle.ts';
import { finishTask } from '#shared/ledger/task-attempts.ts';
import { counts, landed, newFile, window } from './landing-fixture.ts';
import { claimed, type LedgerFixture, ledgerFixture, randomName, runWithTasks } from './ledger-fixture.ts';

let fixture: LedgerFixture;
let ledger: Ledger;
beforeAll(async () => {
  fixture = await ledgerFixture();
  ledger = fixture.ledger;
});
afterAll(() => fixture.close());

/** Runs raw SQL in a transaction that is rolled back; the SQLSTATE it was refused with, or `ok`. */
async function attempt(...statements: [string, ...unknown[]][]): Promise<string> {
  const client = await ledger.pool.connect();
  try {
    await client.query('BEGIN');
    for (const [text, ...values] of statements) await client.query(text, values);
    return 'ok';
  } catch (error) {
    return sqlstateOf(error) ?? String(error);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

const TASK_STATUSES = [
  'pending',
  'queued',
  'running',
  'succeeded',
  'no_changes',
  'failed',
  'skipped',
  'cancelled',
] as const;
type TaskStatus = (typeof TASK_STATUSES)[number];
const FINAL: readonly TaskStatus[] = ['succeeded', 'no_changes', 'failed', 'skipped', 'cancelled'];

const LEGAL: Record<TaskStatus, readonly TaskStatus[]> = {
  pending: ['queued', 'running', 'skipped', 'cancelled'],
  queued: ['pending', 'running', 'skipped', 'cancelled'],
  running: ['pending', ...FINAL],
  succeeded: [],
  no_changes: [],
  failed: [],
  skipped: [],
  cancelled: [],
};

/** Sets every column a status demands, so that only the move itself can be refused. */
function moveTask(taskId: string, to: TaskStatus, extra = ''): [string, ...unknown[]] {
  const running = to === 'running';
  const final = FINAL.includes(to);
  const text = `UPDATE ops.tasks SET status = '${to}', job_id = 'j', error = '{}', started_at = now(),
    owner = ${running ? `'o'` : 'NULL'}, lease_until = ${running ? 'now()' : 'NULL'},
    finished_at = ${final ? 'now()' : 'NULL'}, attempt = attempt + ${running ? 1 : 0},
    generation = generation + ${to === 'queued' ? 1 : 0} ${extra} WHERE task_id = $1`;
  return [text, taskId];
}

const PATH_TO: Record<TaskStatus, readonly TaskStatus[]> = {
  pending: [],
  queued: ['queued'],
  running: ['running'],
  succeeded: ['running', 'succeeded'],
  no_changes: ['running', 'no_changes'],
  failed: ['running', 'failed'],
  skipped: ['skipped'],
  cancelled: ['cancelled'],
};

describe('tasks', () => {
  const pairs = TASK_STATUSES.flatMap((from) =>
    TASK_STATUSES.filter((to) => to !== from).map((to) => [from, to, LEGAL[from].includes(to)] as const),
  );
  test.each(pairs)('%s -> %s: legal %s', async (from, to, legal) => {
    const { taskIds } = await runWithTasks(ledger, [{ kind: 'noop' }]);
    const [id = ''] = taskIds;
    const path = PATH_TO[from].map((status) => moveTask(id, status));
    expect(await attempt(...path)).toBe('ok');
    expect(await attempt(...path, moveTask(id, to))).toBe(legal ? 'ok' : 'PN001');
  });

  const retry = ', retries = retries + 1';
  test.each(FINAL)('%s -> pending is legal as a retry only', async (from) => {
    const { taskIds } = await runWithTasks(ledger, [{ kind: 'noop' }]);
    const [id = ''] = taskIds;
    const path = PATH_TO[from].map((status) => moveTask(id, status));
    expect(await attempt(...path, moveTask(id, 'pending', retry))).toBe('ok');
    expect(await attempt(...path, moveTask(id, 'queued', retry))).toBe('PN001');
  });

  test.each([
    ['an attempt that falls', 'attempt = attempt - 1', 'PN001'],
    ['an attempt that jumps', 'attempt = attempt + 2', 'PN001'],
    ['a generation without a job', 'generation = generation + 1', 'PN001'],
    ['a retry of a running task', 'retries = retries + 1', 'PN001'],
    ['failures beyond the budget', 'failures = 99', '23514'],
    ['a running task without owner', 'owner = NULL', '23514'],
    ['a running task without lease', 'lease_until = NULL', '23514'],
    ['a running task that is finished', 'finished_at = now()', '23514'],
    ['another run', `run_id = 'other'`, 'PN002'],
    ['another slice', `slice = 'other'`, 'PN002'],
    ['an unknown status', `status = 'lost'`, '23514'],
  ])('%s is refused', async (_, change, sqlstate) => {
    const { taskIds } = await runWithTasks(ledger, [{ kind: 'noop' }]);
    const update = `UPDATE ops.tasks SET ${change} WHERE task_id = $1`;
    const refusal = await attempt(moveTask(taskIds[0] ?? '', 'running'), [update, taskIds[0]]);
    // Which of the two refuses an unknown status depends on which fires first.
    expect([sqlstate, change.startsWith('status') ? 'PN001' : sqlstate]).toContain(refusal);
  });

  test('a task begins pending, and only in an open run', async () => {
    const { runId, pipeline } = await runWithTasks(ledger, []);
    const insert = `INSERT INTO ops.tasks (run_id, kind, pipeline, status, job_id) VALUES ($1, 'noop', $2, $3, 'j')`;
    expect(await attempt([insert, runId, pipeline, 'queued'])).toBe('PN001');
    expect(await attempt([insert, runId, pipeline, 'pending'])).toBe('ok');
    await closeRun(ledger, runId, 'succeeded', {});
    expect(await attempt([insert, runId, pipeline, 'pending'])).toBe('PN003');
  });

  test.each(['extract', 'merge', 'models'] as const)(
    'two running %s tasks of the same place',
    async (kind) => {
      const first = await runWithTasks(ledger, [{ kind, stream: kind === 'models' ? '' : 's' }]);
      const second = await runWithTasks(ledger, [{ kind, stream: kind === 'models' ? '' : 's' }], {
        pipeline: first.pipeline,
      });
      const both = [first, second].map(({ taskIds }) => moveTask(taskIds[0] ?? '', 'running'));
      expect(await attempt(...both)).toBe('23505');
    },
  );
});

describe('runs', () => {
  const set = (change: string): string => `UPDATE ops.runs SET ${change} WHERE run_id = $1`;
  const close = (status: string): string => set(`status = '${status}', finished_at = now(), manifest = '{}'`);

  test.each([
    ['succeeded -> running', `status = 'running', finished_at = NULL`, 'PN001'],
    ['succeeded -> failed', `status = 'failed'`, 'PN001'],
    ['a retry', `status = 'running', finished_at = NULL, retries = retries + 1`, 'ok'],
    ['succeeded without manifest', `manifest = NULL`, '23514'],
    ['another pipeline', `pipeline = 'other'`, 'PN002'],
    ['another logical time', `logical_time = now()`, 'PN002'],
  ])('%s', async (_, change, expected) => {
    const { runId } = await runWithTasks(ledger, []);
    expect(await attempt([close('succeeded'), runId], [set(change), runId])).toBe(expected);
  });

  test('green with an open task', async () => {
    const { runId } = await runWithTasks(ledger, [{ kind: 'noop' }]);
    expect(await attempt([close('succeeded'), runId])).toBe('PN003');
    expect(await attempt([close('cancelled'), runId])).toBe('PN003');
  });

  test('two open runs of one schedule, two of one due time, a schedule on a manual run', async () => {
    const pipeline = randomName('p');
    const insert = (kind: string, schedule: string | null, day: number): [string, ...unknown[]] => [
      `INSERT INTO ops.runs (run_id, pipeline, schedule, kind, logical_time, as_of, ingestion_date, streams, layers, requested_by)
       VALUES ($1, $2, $3, $4, $5, now(), now(), '{}', '{}', 'x')`,
      randomName('r'),
      pipeline,
      schedule,
      kind,
      `2024-01-0${day}`,
    ];
    expect(await attempt(insert('scheduled', 'd', 1), insert('scheduled', 'd', 2))).toBe('23505');
    expect(await attempt(insert('scheduled', 'd', 1), insert('scheduled', 'e', 2))).toBe('ok');
    expect(await attempt(insert('manual', 'd', 1))).toBe('23514');
    expect(await attempt(insert('scheduled', null, 1))).toBe('23514');
  });
});

describe('windows, files and rejects', () => {
  async function scene() {
    const own = await landed(ledger, randomName('p'), 'a', window(null, 10n), [
      newFile(),
      newFile({ isRejects: true, rejects: [{ ordinal: 0, column: 'c', code: 'X', contractVersion: 1 }] }),
    ]);
    const [good = '', rejects = ''] = own.fileIds;
    return { ...own, good, rejects };
  }
  const file = (change: string): string => `UPDATE ops.files SET ${change} WHERE file_id = $1`;
  const quarantined = `state = 'quarantined', moving_to = 'quarantine', quarantine_reason = '{}'`;
  const merged = `state = 'merged', merged_by_run = 'r', merged_at = now()`;
  const arrived = (place: string): string =>
    `place = '${place}', moving_to = NULL, key = '${place}/' || substr(key, strpos(key, '/') + 1)`;

  test.each([
    ['landed -> merged', [merged], 'ok'],
    ['merged -> landed', [merged, `state = 'landed', merged_by_run = NULL, merged_at = NULL`], 'PN001'],
    ['merged -> quarantined', [merged, `${quarantined}, merged_by_run = NULL, merged_at = NULL`], 'PN001'],
    ['merged by nobody', [`state = 'merged'`], '23514'],
    ['quarantined without reason', [`state = 'quarantined', moving_to = 'quarantine'`], '23514'],
    ['quarantined but staying in landing', [`state = 'quarantined', quarantine_reason = '{}'`], '23514'],
    ['quarantined -> merged', [quarantined, `${merged}, moving_to = NULL`], 'PN001'],
    ['discarded -> landed', [quarantined, `state = 'discarded'`, `state = 'landed'`], 'PN001'],
    ['a good file on its way to quarantine', [`moving_to = 'quarantine'`], '23514'],
    ['a place it was not moving to', [arrived('archive')], 'PN001'],
    ['a move that changes its mind', [`moving_to = 'archive'`, `moving_to = NULL`], 'PN001'],
    ['a move that arrives', [`moving_to = 'archive'`, arrived('archive')], 'ok'],
    ['a place without its key', [`moving_to = 'archive'`, `place = 'archive', moving_to = NULL`], '23514'],
    ['moving to where it is', [`moving_to = 'landing'`], '23514'],
    ['another name', [`key = 'landing/other.parquet'`], 'PN002'],
    ['other bytes', [`sha256 = repeat('0', 64)`], 'PN002'],
    ['bytes deleted of a file that counts', [`deleted_at = now()`], '23514'],
  ])('file: %s', async (_, changes, expected) => {
    const { good } = await scene();
    expect(await attempt(...changes.map((change): [string, string] => [file(change), good]))).toBe(expected);
  });

  test('a rejects file is never merged', async () => {
    const { rejects } = await scene();
    expect(await attempt([file(merged), rejects])).toBe('23514');
  });

  test.each([
    ['landed -> open', `status = 'open'`, 'PN001'],
    ['landed -> abandoned', `status = 'abandoned', closed_at = now()`, 'PN001'],
    ['landed -> settled', `status = 'settled', closed_at = now()`, 'ok'],
    ['other bounds', `to_cursor = 99`, 'PN002'],
    ['other rows', `row_count = 99`, 'PN002'],
    ['settled at no time', `status = 'settled'`, '23514'],
  ])('window: %s', async (_, change, expected) => {
    const { windowId } = await scene();
    expect(await attempt([`UPDATE ops.windows SET ${change} WHERE window_id = $1`, windowId])).toBe(expected);
  });

  test.each([
    ['backfill', 'true', '5', '23514'],
    ['replay', 'true', '5', '23514'],
    ['incremental', 'true', 'NULL', '23514'],
    ['incremental', 'true', '-5', '23514'],
    ['backfill', 'false', 'NULL', 'ok'],
  ])('a %s window that moves a watermark %s to %s', async (mode, moves, to, expected) => {
    const { taskIds, runId, pipeline } = await runWithTasks(ledger, [{ kind: 'extract', stream: 's' }]);
    const insert = `INSERT INTO ops.windows (task_id, attempt, run_id, pipeline, stream, slice, mode, from_cursor, to_cursor,
      moves_watermark) VALUES ($1, 1, $2, $3, 's', '', '${mode}', 0, ${to}, ${moves})`;
    expect(await attempt([insert, taskIds[0], runId, pipeline])).toBe(expected);
    const twice = expected === 'ok' ? '23505' : expected;
    expect(await attempt([insert, taskIds[0], runId, pipeline], [insert, taskIds[0], runId, pipeline])).toBe(
      twice,
    );
  });

  test('a landed window takes no more files, and a closed reject stays closed', async () => {
    const { good, rejects } = await scene();
    const copy = `INSERT INTO ops.files (window_id, task_id, attempt, run_id, pipeline, stream, slice, part, key, bytes, row_count,
      sha256, schema_fingerprint, contract_version) SELECT window_id, task_id, attempt, run_id, pipeline, stream, slice, 7,
      key || 'x', bytes, row_count, sha256, schema_fingerprint, contract_version FROM ops.files WHERE file_id = $1`;
    expect(await attempt([copy, good])).toBe('PN003');
    const release = `UPDATE ops.rejects SET status = 'released', closed_at = now(), closed_by = 'x' WHERE file_id = $1`;
    const discard = release.replace('released', 'discarded');
    expect(await attempt([release, rejects])).toBe('ok');
    expect(await attempt([release, rejects], [discard, rejects])).toBe('PN001');
  });
});

describe('watermarks, bounds and models', () => {
  const first = `INSERT INTO ops.watermarks (pipeline, stream, slice, cursor, moved_by, reason) VALUES ('p', 's', 'x', 10, 'w', 'r')`;
  test.each([
    ['forward', [first, `UPDATE ops.watermarks SET cursor = 11`], 'ok'],
    ['back', [first, `UPDATE ops.watermarks SET cursor = 9`], 'PN004'],
    ['deleted', [first, `DELETE FROM ops.watermarks`], 'PN004'],
    ['of another slice', [first, `UPDATE ops.watermarks SET slice = 'y'`], 'PN002'],
    ['history rewritten', [first, `UPDATE ops.watermark_history SET to_cursor = 1`], 'PN004'],
    ['history deleted', [first, `DELETE FROM ops.watermark_history`], 'PN004'],
    [
      'a bound that falls',
      [`INSERT INTO ops.source_bounds VALUES ('o', 5)`, `UPDATE ops.source_bounds SET bound = 4`],
      'PN004',
    ],
  ])('%s', async (_, statements, expected) => {
    expect(await attempt(...statements.map((text): [string] => [text]))).toBe(expected);
  });

  test('a model version that jumps, and a model run that ends twice', async () => {
    const { taskIds, runId } = await runWithTasks(ledger, [{ kind: 'models' }]);
    const version = `INSERT INTO ops.model_versions VALUES ('p', 'm', 1, '{}', 'c', NULL, $1)`;
    expect(await attempt([version, runId], ['UPDATE ops.model_versions SET version = 3'])).toBe('PN004');
    expect(await attempt([version, runId], ['UPDATE ops.model_versions SET version = 2'])).toBe('ok');
    const run = `INSERT INTO ops.model_runs (run_id, task_id, attempt, pipeline, model, layer, materialization, status)
      VALUES ($1, $2, 1, 'p', 'm', 'gold', 'table', 'running')`;
    const end = `UPDATE ops.model_runs SET status = 'succeeded', finished_at = now()`;
    expect(await attempt([run, runId, taskIds[0]], [end], [end])).toBe('PN001');
  });
});

test('the fixture itself is legal', async () => {
  const { taskIds } = await runWithTasks(ledger, [{ kind: 'noop' }]);
  await finishTask(ledger, await claimed(ledger, taskIds[0]), 'succeeded');
  expect(counts.rows).toBe(10);
});
