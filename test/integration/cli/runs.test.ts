import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillOltp } from '#dev/oltp/fill.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { cli, cliJson } from './spawn-cli.ts';

const TODAY = '2026-03-31';
let platform: TestPlatform;
let services: RunningServices;

beforeAll(async () => {
  platform = await startTestPlatform();
  await fillOltp(platform.oltpUrl, { companies: 60, installments: 400, seed: 3, today: TODAY });
  services = await startServices(platform);
});

afterAll(async () => {
  await services.stop();
  await platform.stop();
});

const json = (...args: string[]) => cliJson(args, platform.environment);
const named = (rows: unknown, ...keys: string[]): string[] =>
  (rows as Record<string, unknown>[]).map((row) => keys.map((key) => String(row[key])).join(' ')).sort();

test('plan says what run then does, to gold; runs, show and status tell of it', async () => {
  const { document: plan } = await json('plan', 'credit', '--as-of', TODAY);
  expect(plan).toMatchObject({
    kind: 'manual',
    asOf: TODAY,
    exists: false,
    streams: ['cnpj_ws', 'installments'],
  });
  expect(named(plan['slices'], 'stream', 'mode', 'reason')).toEqual([
    'cnpj_ws full first load',
    'installments full first load',
  ]);

  const ran = await json('run', 'credit', '--as-of', TODAY, '--wait');
  expect(ran).toMatchObject({ code: 0, document: { status: 'succeeded', asOf: TODAY, created: true } });
  const runId = String(ran.document['runId']);

  const { document: shown } = await json('show', runId);
  expect(named(shown['tasks'], 'kind', 'stream')).toEqual(named(plan['tasks'], 'kind', 'stream'));
  const built = (plan['models'] as { action: string }[]).filter(({ action }) => action === 'build');
  expect(built.length).toBe(4);
  expect(named(shown['models'], 'model', 'layer')).toEqual(named(built, 'model', 'layer'));
  expect(named(shown['slices'], 'stream', 'rows')).toEqual(['cnpj_ws 60', 'installments 400']);
  expect(named(shown['files'], 'state')).toEqual(['merged', 'merged']);

  const { document: listed } = await json('runs', '--pipeline', 'credit', '--status', 'succeeded');
  expect(named(listed['runs'], 'runId')).toEqual([runId]);
  const { document: status } = await json('status');
  expect(named(status['services'], 'service')).toEqual(['extractor', 'loader', 'scheduler', 'transformer']);
  expect(named(status['watermarks'], 'stream', 'runId')).toEqual([
    `cnpj_ws ${runId}`,
    `installments ${runId}`,
  ]);
  expect(status).toMatchObject({
    openRuns: [],
    queueProblems: [],
    quarantined: [],
    rejects: [],
    deadLetters: [],
  });
});

test('the same plan after a run reads from the watermark and builds nothing', async () => {
  const { document } = await json('plan', 'credit', '--as-of', TODAY);
  expect(named(document['slices'], 'stream', 'mode', 'reason')).toEqual([
    'cnpj_ws incremental from the watermark',
    'installments incremental from the watermark',
  ]);
  expect(new Set(named(document['models'], 'action', 'reason'))).toEqual(new Set(['skip no changes']));
  const full = await json(
    'plan',
    'credit',
    '--stream',
    'installments',
    '--full-refresh',
    '--as-of',
    '2026-04-01',
  );
  expect(named(full.document['slices'], 'stream', 'mode', 'reason')).toEqual([
    'installments full full refresh',
  ]);
  expect(named(full.document['models'], 'action', 'reason')).toContain('build as_of changed');
});

test('what people read has the same facts', async () => {
  const { document } = await json('runs');
  const runId = named(document['runs'], 'runId')[0] ?? '';
  const texts = await Promise.all(
    [['plan', 'credit'], ['status'], ['runs'], ['show', runId]].map((args) =>
      cli(args, platform.environment),
    ),
  );
  expect(texts.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const [plan, status, runs, shown] = texts.map(({ stdout }) => stdout);
  expect(plan).toMatch(/extract +cnpj_ws/);
  expect(status).toMatch(/scheduler +scheduler-/);
  expect(runs).toContain(`${runId}  credit    manual  succeeded  ${TODAY}`);
  expect(shown).toMatch(/payment_analytics_detailed +gold +succeeded/);
  for (const text of [plan, status, runs, shown]) expect(text).not.toContain('\u001b[');
});

test('two requests with one key are one run; an unknown name lists those there are', async () => {
  const args = ['run', 'credit', '--idempotency-key', 'monday', '--as-of', TODAY];
  const first = await json(...args);
  const second = await json(...args, '--wait');
  expect(first.document['runId']).toBe(second.document['runId']);
  expect([first.document['created'], second.document['created']]).toEqual([true, false]);
  expect((await json('plan', 'credit', '--idempotency-key', 'monday')).document['exists']).toBe(true);

  const [pipeline, stream, run] = await Promise.all([
    cli(['run', 'credt'], platform.environment),
    cli(['plan', 'credit', '--stream', 'x'], platform.environment),
    cli(['show', 'rnothing'], platform.environment),
  ]);
  expect(pipeline.stderr).toMatch(/^CONFIG_UNKNOWN_PIPELINE: .*known=credit/);
  expect(stream.stderr).toMatch(/^RUN_UNKNOWN_PART: .*known=cnpj_ws, installments/);
  expect(run.stderr).toMatch(/^RUN_NOT_FOUND: /);
  expect([pipeline.code, stream.code, run.code]).toEqual([1, 1, 1]);
});

test('a run is recorded while the queue is away, and said so', async () => {
  const away = { ...platform.environment, PENSTOCK_QUEUE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  const { code, document } = await cliJson(['run', 'credit', '--stream', 'cnpj_ws', '--as-of', TODAY], away);
  expect(code).toBe(0);
  expect(document).toMatchObject({ created: true, announced: false });
  // The tick of the scheduler, whose queue is there, finds it.
  const closed = await services.closed(String(document['runId']));
  expect(closed.run.status).toBe('no_changes');
  const { document: status } = await cliJson(['status'], away);
  expect(status['queueProblems']).not.toEqual([]);
});

test('a run that fails makes the exit code 1', async () => {
  const { withClient } = await import('#test/support/with-client.ts');
  await withClient(platform.oltpUrl, (client) => client.query('alter table oltp.cnpj_ws rename to gone'));
  const env = { ...platform.environment };
  const { code, document } = await cliJson(['run', 'credit', '--stream', 'cnpj_ws', '--wait'], env);
  expect(code).toBe(1);
  expect(['failed', 'partial']).toContain(document['status']);
  const shown = await cli(['show', String(document['runId'])], env);
  expect(shown.stdout).toMatch(/extract +cnpj_ws +failed .*SOURCE_/);
});
