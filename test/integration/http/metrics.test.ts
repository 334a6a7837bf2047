import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillOltp } from '#dev/oltp/fill.ts';
import { createMetrics } from '#shared/telemetry/metrics.ts';
import { type RunningServices, startServices } from '#test/support/running-services.ts';
import { startTestPlatform, type TestPlatform } from '#test/support/test-platform.ts';
import { waitFor } from '#test/support/wait-for.ts';

let platform: TestPlatform;
let services: RunningServices;
let base: string;

beforeAll(async () => {
  platform = await startTestPlatform();
  await fillOltp(platform.oltpUrl, { companies: 60, installments: 300, seed: 3, today: '2026-03-31' });
  const metrics = createMetrics({ processMetrics: true });
  services = await startServices(platform, undefined, undefined, { metrics });
  base = `http://127.0.0.1:${services.httpPort}`;
  const { run } = await services.run({ schedule: 'bronze' });
  expect(run.status).toBe('succeeded');
});
afterAll(async () => {
  await services.stop();
  await platform.stop();
});

/** Samples of the Prometheus text format by name and labels, and the type of each family. */
function parse(text: string): { samples: Map<string, number>; types: Map<string, string> } {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary)$/.exec(line);
    if (type?.[1] !== undefined) types.set(type[1], type[2] ?? '');
    else if (!/^# HELP [a-zA-Z_:][\w:]* .+$/.test(line)) {
      // prom-client writes NaN as Nan (a lag that was never measured), which Prometheus reads as well.
      const sample =
        /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})?) (-?[\d.]+(?:e[+-]?\d+)?|[+-]Inf|NaN|Nan)$/.exec(
          line,
        );
      if (sample?.[1] === undefined) throw new Error(`no line of the text format: ${line}`);
      samples.set(sample[1], Number(sample[2]));
    }
  }
  return { samples, types };
}

async function scrape() {
  const response = await fetch(`${base}/metrics`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  return parse(await response.text());
}

test('after a run every metric is there with a value that makes sense', async () => {
  const source = 'pipeline="credit",source="landing.installments"';
  // The scheduler judges it at its next pass.
  const { samples, types } = await waitFor(
    async () => {
      const found = await scrape();
      return found.samples.has(`penstock_source_freshness_seconds{${source}}`) ? found : undefined;
    },
    { what: 'the age of a source' },
  );
  const of = (name: string, labels: string): number => samples.get(`${name}{${labels}}`) ?? Number.NaN;
  const stream = (name: string) => `pipeline="credit",stream="${name}"`;
  expect(of('penstock_runs_total', 'pipeline="credit",status="succeeded"')).toBe(1);
  for (const step of ['extract', 'load', 'merge']) {
    expect(of('penstock_rows_total', `step="${step}",${stream('installments')}`)).toBe(300);
    expect(of('penstock_rows_total', `step="${step}",${stream('cnpj_ws')}`)).toBe(60);
  }
  expect(of('penstock_bytes_total', `step="extract",${stream('installments')}`)).toBeGreaterThan(1_000);
  expect(of('penstock_rejected_rows_total', stream('installments'))).toBe(0);
  for (const kind of ['extract', 'load', 'merge']) {
    const labels = `kind="${kind}",${stream('installments')}`;
    expect(of('penstock_tasks_total', `${labels},outcome="succeeded"`)).toBe(1);
    expect(of('penstock_task_duration_seconds_count', labels)).toBe(1);
    expect(of('penstock_task_duration_seconds_sum', labels)).toBeGreaterThan(0);
    expect(of('penstock_task_duration_seconds_sum', labels)).toBeLessThan(30);
    expect(of('penstock_queue_wait_seconds_count', `kind="${kind}"`)).toBeGreaterThanOrEqual(2);
    const waited = of('penstock_queue_wait_seconds_sum', `kind="${kind}"`);
    expect(waited).toBeGreaterThanOrEqual(0);
    expect(waited).toBeLessThan(30);
  }
  const lag = of('penstock_watermark_lag_seconds', stream('cnpj_ws'));
  expect(lag).toBeGreaterThanOrEqual(0);
  expect(lag).toBeLessThan(60);
  expect(of('penstock_source_freshness_seconds', source)).toBeGreaterThanOrEqual(0);
  expect(of('penstock_source_freshness_seconds', source)).toBeLessThan(60);
  expect(of('penstock_source_freshness_state', `${source},state="pass"`)).toBe(1);
  expect(of('penstock_source_freshness_state', `${source},state="error"`)).toBe(0);
  const heldBack = [...samples].filter(([name]) => name.startsWith('penstock_bound_held_back_seconds'));
  expect(heldBack).toHaveLength(1);
  expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  expect(types.get('penstock_reconciler_findings_total')).toBe('counter');
  expect(types.get('penstock_dead_letters_total')).toBe('counter');
  expect(types.get('penstock_quarantined_files_total')).toBe('counter');
});

test('no label is of unbounded size: none holds a run, a task or a file', async () => {
  const { samples } = await scrape();
  const own = [...samples.keys()].filter((name) => name.startsWith('penstock_'));
  const labels = new Set(own.flatMap((name) => [...name.matchAll(/(\w+)="/g)].map(([, label]) => label)));
  expect([...labels].sort()).toEqual(
    expect.arrayContaining(['kind', 'outcome', 'pipeline', 'status', 'step', 'stream']),
  );
  for (const label of labels) {
    expect([
      'kind',
      'outcome',
      'pipeline',
      'status',
      'step',
      'stream',
      'source',
      'state',
      'finding',
      'queue',
      'le',
    ]).toContain(label);
  }
  expect(own.join('\n')).not.toMatch(/r[a-z2-7]{11}/);
});
