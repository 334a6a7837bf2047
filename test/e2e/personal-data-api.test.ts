import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FaultInput } from '#dev/shard-api/scenario/scenario.ts';
import { type Task, tasksOf } from '#shared/ledger/tasks.ts';
import { retryMissing } from '#shared/runs/retry-run.ts';
import { createMetrics } from '#shared/telemetry/metrics.ts';
import { type ApiPlatform, startApiPlatform } from '#test/support/api-platform.ts';
import { LogTap, TextTap } from '#test/support/marks/log-tap.ts';
import { markForms } from '#test/support/marks/mark-forms.ts';
import { PLANTED_LETTERS, plantMarks } from '#test/support/marks/plant-marks.ts';
import { type Places, searchEverywhere } from '#test/support/marks/search-everywhere.ts';
import { tapRedis } from '#test/support/marks/search-redis.ts';
import { SearchingProbe } from '#test/support/marks/searching-probe.ts';
import { type OwnPostgres, startOwnPostgres } from '#test/support/own-postgres.ts';
import { describeOverQueues } from '#test/support/queue-kinds.ts';
import { redisAvailable } from '#test/support/redis.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { type ServiceProcess, startServiceProcess } from '#test/support/service-process.ts';
import { AnswerTamper } from '#test/support/tamper/answer-tamper.ts';
import { TEXT_CHANGES } from '#test/support/tamper/tamper-text.ts';
import { withClient } from '#test/support/with-client.ts';

/** Answers with marks in them, over all queues; the proof is 100,000. */
const ASKED = process.env['PENSTOCK_TEST_FUZZED_RESPONSES'];
const RESPONSES = Number(ASKED ?? 4_000);
const OF_EACH_QUEUE = redisAvailable() ? RESPONSES / 2 : RESPONSES;
/** Enough for every kind of trouble to have come up. */
const LEAST_ROUNDS = 2;
const DEVICES = 400;
const KINDS = ['values', 'cursor', 'slice id', 'token', 'head', 'no HTTP', ...Object.keys(TEXT_CHANGES)];
const STREAMS = ['device_states', 'hierarchy', 'daily_aggregates'];
const CONFIG = fileURLToPath(new URL('../fixtures/fuzzed.config.ts', import.meta.url));
const PII = markForms('PII');
const PLANTED = markForms(PLANTED_LETTERS);
const MS_PER_RESPONSE = 20;
const CLOSE_MS = 120_000;

describeOverQueues('an API that sends secrets in every place', (queue) => {
  const tamper = new AnswerTamper(queue === 'redis' ? 1 : 2);
  const logs = new LogTap();
  const commands = queue === 'redis' ? new TextTap() : null;
  const metrics = createMetrics({ processMetrics: true });
  const onWarning = (warning: Error): void => logs.takeError(warning);
  const runIds: string[] = [];
  /** A server of its own: its write-ahead log is searched, and others' sources may well hold what must not be in it. */
  let server: OwnPostgres;
  let platform: ApiPlatform;
  let services: RunningServices;
  let probe: SearchingProbe;
  let places: Places;
  let doomed: ServiceProcess | undefined;
  let stopTap = (): void => undefined;

  beforeAll(async () => {
    const sinceMs = Date.now();
    for (const tap of [logs, commands]) for (const forms of [PII, PLANTED]) tap?.watch(forms);
    process.on('warning', onWarning);
    server = await startOwnPostgres();
    platform = await startApiPlatform(
      { customers: 20, devices: DEVICES, removedShare: 0, fuzz: true, tamper },
      {
        queue,
        postgresUrl: server.url,
        environment: {
          PENSTOCK_CONFIG: CONFIG,
          PENSTOCK_HASH_KEY_OWNERS: 'a key of 32 characters and more, of this test alone',
          PENSTOCK_MAX_TASK_ATTEMPTS: '2',
          PENSTOCK_LEASE_MS: '5000',
          PENSTOCK_QUEUE_LOCK_MS: '5000',
        },
      },
    );
    if (commands !== null)
      stopTap = await tapRedis(platform.environment['PENSTOCK_QUEUE_URL'] ?? '', commands);
    probe = new SearchingProbe(join(platform.landingDir, '.work'), PII);
    services = await startServices(platform, probe, undefined, { log: logs.logger(), metrics });
    places = { platform, services, logs, commands, sinceMs };
  });
  afterAll(async () => {
    await doomed?.stop();
    await services?.stop();
    stopTap();
    await platform?.stop();
    await server?.stop();
    process.off('warning', onWarning);
  });

  /** An extractor besides, which dies with a file written that nobody knows of yet. */
  function startDoomed(): ServiceProcess {
    const environment = { ...platform.environment, PENSTOCK_LOG_LEVEL: 'trace' };
    return startServiceProcess({ environment }, 'extractor', 'extract.file-written:device_states', (text) =>
      logs.take(text),
    );
  }

  /** One run of everything, while the API is as bad as it gets; every other one is asked again for what it lacks. */
  async function round(nth: number): Promise<void> {
    tamper.shares = { values: 0.3, cursors: 0.3, unusable: 0.02 };
    tamper.listsMarks = new Set(nth % 2 === 0 ? ['s2'] : []);
    await platform.api.scenario.set({ faults: faultsOf(nth) });
    const logicalTime = new Date(Date.UTC(2026, 2, 10 + nth));
    const runId = await services.ask({ pipeline: 'fuzzed', streams: STREAMS, logicalTime });
    runIds.push(runId);
    const { run } = await services.closed(runId, CLOSE_MS);
    if (nth % 2 === 1 || !['partial', 'failed'].includes(run.status)) return;
    await retryMissing(services, runId);
    await services.closed(runId, CLOSE_MS);
  }

  /** Tasks of all runs so far. */
  const allTasks = async (): Promise<Task[]> =>
    (await Promise.all(runIds.map((id) => tasksOf(services.ledger, id)))).flat();

  /** Whether each kind of trouble has come up: some are a matter of chance, and a few rounds may go by without one. */
  async function hasMetAll(): Promise<boolean> {
    const codes = codesOf(await allTasks());
    return MET.every((code) => codes.has(code));
  }

  test(
    'nothing of it is in any file, table, queue, log, metric, report or error',
    async () => {
      doomed = startDoomed();
      let death: string | undefined;
      void doomed.ended.then((signal) => {
        death = signal;
      });
      const isEnough = (): boolean =>
        death !== undefined &&
        tamper.marked >= OF_EACH_QUEUE &&
        KINDS.every((kind) => (tamper.done[kind] ?? 0) > 0);
      for (let nth = 0; nth < LEAST_ROUNDS || !isEnough() || !(await hasMetAll()); nth += 1) await round(nth);
      expect(death).toBe('SIGKILL');
      const { found, searched } = await searchEverywhere(places, runIds, PII);
      const nothing = Object.fromEntries(Object.keys(found).map((place) => [place, []]));
      expect({ ...found, 'work folder': probe.found }).toEqual({ ...nothing, 'work folder': [] });
      for (const [what, count] of Object.entries(searched)) expect(count, what).toBeGreaterThan(0);
      expect(probe.files).toBeGreaterThan(0);
      if (ASKED !== undefined)
        console.info(
          JSON.stringify({
            queue,
            answers: tamper.marked,
            runs: runIds.length,
            done: tamper.done,
            ...searched,
          }),
        );
    },
    180_000 + OF_EACH_QUEUE * MS_PER_RESPONSE,
  );

  test('every kind of trouble came up, and was met as it should be', async () => {
    for (const kind of KINDS) expect(tamper.done[kind], kind).toBeGreaterThan(0);
    const tasks = await allTasks();
    const codes = codesOf(tasks);
    for (const code of MET) expect([...codes]).toContain(code);
    const rejected = tasks.reduce((sum, { result }) => sum + Number(result?.['rejectedRows'] ?? 0), 0);
    expect(rejected).toBeGreaterThan(20);
  });

  test('once the API is sound again, all its devices come, owners by their hash alone', async () => {
    tamper.rest();
    await platform.api.scenario.clear();
    const { run } = await services.run({
      pipeline: 'fuzzed',
      streams: ['device_states', 'hierarchy'],
      logicalTime: new Date(),
    });
    runIds.push(run.runId);
    expect(run.status).toBe('succeeded');
    const [kept] = await withClient(platform.warehouseUrl, async (client) => {
      const { rows } = await client.query<{ devices: number; hashed: number; measured: number }>(
        `select count(*)::int as devices, count(*) filter (where owner_key ~ '^[0-9a-f]{64}$')::int as hashed,
           count(*) filter (where state::jsonb -> 'sensors' ? 'temperature')::int as measured
         from fuzzed_bronze.device_states d
         where queried_at = (select max(queried_at) from fuzzed_bronze.device_states l where l._slice = d._slice)`,
      );
      return rows;
    });
    expect(kept).toEqual({ devices: DEVICES, hashed: DEVICES, measured: DEVICES });
  });

  test('the search finds a mark in each kind of place', async () => {
    const planted = await plantMarks(places, metrics, runIds.at(-1) ?? '');
    try {
      const { found } = await searchEverywhere(places, runIds, PLANTED);
      expect(Object.keys(planted.expected).sort()).toEqual(Object.keys(found).sort());
      for (const [place, wanted] of Object.entries(planted.expected)) {
        for (const one of wanted) {
          const isThere = (name: string): boolean =>
            typeof one === 'string' ? name === one : one.test(name);
          expect(found[place]?.some(isThere), `${place}: ${one} of ${found[place]?.join(' | ')}`).toBe(true);
        }
      }
    } finally {
      await planted.remove();
    }
  });
});

/** Codes that tasks failed with, or had failed with before. */
const codesOf = (tasks: readonly Task[]): ReadonlySet<string | undefined> =>
  new Set(
    tasks.flatMap(({ error, result }) => [error?.code, ...Object.keys((result?.['errors'] ?? {}) as object)]),
  );

/** Codes that tasks must have met, whether they were given up for them or not. */
const MET = [
  'HTTP_MALFORMED_BODY',
  'HTTP_WRONG_CONTENT_TYPE',
  'HTTP_UNEXPECTED_SHAPE',
  'HTTP_BODY_TOO_LARGE',
  'HTTP_ROW_TOO_LARGE',
  'HTTP_CONNECTION_BROKEN',
  'HTTP_SERVER_ERROR',
  'HTTP_SLICE_ID_INVALID',
  'HTTP_NOT_IMPLEMENTED',
];

const TOO_LARGE = 17 * 1024 * 1024;
const LONG = 9 * 1024 * 1024;

function faultsOf(nth: number): FaultInput[] {
  return [
    { kind: 'not-implemented', shards: ['s1', 's3'] },
    { kind: 'incomplete', share: 0.3, rate: 0.5 },
    { kind: 'new-fields', rate: 0.5 },
    { kind: 'numbers-as-strings', rate: 0.1, endpoints: ['states', 'aggregates', 'device-aggregates'] },
    { kind: 'nan', share: 0.02, rate: 0.2 },
    { kind: 'duplicate-pages', rate: 0.05, endpoints: ['states', 'aggregates'] },
    { kind: 'cursor-loop', rate: 0.01, endpoints: ['states'] },
    { kind: 'expired-token', rate: 0.01 },
    { kind: 'server-error', status: 502, burst: { failing: 2, passing: 150 } },
    { kind: 'rate-limited', retryAfterSeconds: 0, rate: 0.003 },
    { kind: 'malformed', rate: 0.005 },
    { kind: 'truncated', rate: 0.005 },
    { kind: 'content-type', rate: 0.005 },
    { kind: 'reset', rate: 0.005 },
    { kind: 'timeout', stage: 'body', count: 1, endpoints: ['device-aggregates'] },
    { kind: 'huge-body', bytes: TOO_LARGE, announced: true, count: 1, endpoints: ['states'] },
    { kind: 'huge-body', bytes: LONG, count: 1, endpoints: ['states', 'hierarchy'] },
    ...(nth % 2 === 1
      ? [{ kind: 'shard-down', shards: ['s5'], durationMs: 1_500 } satisfies FaultInput]
      : []),
  ];
}
