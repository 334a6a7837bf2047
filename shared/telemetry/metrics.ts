import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; from a no-op task to an hours-long load. */
const DURATION_BUCKETS_S = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800, 7_200];

/** What every service measures. No label is of unbounded size: never run, task, slice or customer. */
export interface Metrics {
  readonly registry: Registry;
  readonly tasks: Counter<'kind' | 'pipeline' | 'stream' | 'outcome'>;
  readonly taskSeconds: Histogram<'kind' | 'pipeline' | 'stream'>;
  readonly queueWaitSeconds: Histogram<'kind'>;
  readonly runs: Counter<'pipeline' | 'status'>;
  readonly rows: Counter<'step' | 'pipeline' | 'stream'>;
  readonly bytes: Counter<'step' | 'pipeline' | 'stream'>;
  readonly rejectedRows: Counter<'pipeline' | 'stream'>;
  readonly convertedFiles: Counter<'pipeline' | 'stream' | 'writer' | 'because'>;
  readonly quarantinedFiles: Counter<'pipeline' | 'stream'>;
  readonly heldBackSeconds: Gauge<'source'>;
  readonly watermarkLagSeconds: Gauge<'pipeline' | 'stream'>;
  readonly apiCalls: Counter<'source' | 'shard' | 'endpoint' | 'way' | 'outcome'>;
  readonly apiCallSeconds: Histogram<'source' | 'shard' | 'endpoint'>;
  readonly apiBytes: Counter<'source' | 'shard'>;
  readonly apiBreaker: Gauge<'source' | 'shard'>;
  readonly apiRateWaitSeconds: Counter<'source' | 'shard'>;
  readonly sourceFreshnessSeconds: Gauge<'pipeline' | 'source'>;
  readonly sourceFreshnessState: Gauge<'pipeline' | 'source' | 'state'>;
  readonly reconciled: Counter<'finding'>;
  readonly deadLetters: Counter<'queue'>;
}

/**
 * A registry of one process. Names and units follow Prometheus' conventions
 * (https://prometheus.io/docs/practices/naming).
 */
export function createMetrics(options: { readonly processMetrics: boolean }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Gauge({ name, help, labelNames, registers });
  const seconds = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Histogram({ name, help, labelNames, buckets: DURATION_BUCKETS_S, registers });
  return {
    registry,
    tasks: counter('penstock_tasks_total', 'Tasks finished, by outcome.', [
      'kind',
      'pipeline',
      'stream',
      'outcome',
    ]),
    taskSeconds: seconds('penstock_task_duration_seconds', 'From claim to finish.', [
      'kind',
      'pipeline',
      'stream',
    ]),
    queueWaitSeconds: seconds('penstock_queue_wait_seconds', 'From enqueue to claim.', ['kind']),
    runs: counter('penstock_runs_total', 'Runs closed, by status.', ['pipeline', 'status']),
    rows: counter('penstock_rows_total', 'Rows that passed a step.', ['step', 'pipeline', 'stream']),
    bytes: counter('penstock_bytes_total', 'Bytes that passed a step.', ['step', 'pipeline', 'stream']),
    rejectedRows: counter('penstock_rejected_rows_total', 'Rows that broke their contract.', [
      'pipeline',
      'stream',
    ]),
    ...fileMetrics({ counter, gauge, seconds }),
    heldBackSeconds: gauge('penstock_bound_held_back_seconds', 'How far a source holds its bound back.', [
      'source',
    ]),
    ...apiMetrics({ counter, gauge, seconds }),
    watermarkLagSeconds: gauge('penstock_watermark_lag_seconds', 'Now minus the watermark.', [
      'pipeline',
      'stream',
    ]),
    sourceFreshnessSeconds: gauge(
      'penstock_source_freshness_seconds',
      'Now minus the newest loading of a source table, by the last measurement.',
      ['pipeline', 'source'],
    ),
    sourceFreshnessState: gauge(
      'penstock_source_freshness_state',
      '1 for what a source table is against its warn_after and error_after: pass, suspended, warn, error, unknown.',
      ['pipeline', 'source', 'state'],
    ),
    reconciled: counter('penstock_reconciler_findings_total', 'What the reconciler mended.', ['finding']),
    deadLetters: counter('penstock_dead_letters_total', 'Malformed jobs put aside.', ['queue']),
  };
}

/** Makes metrics of one registry. */
interface Makers {
  counter<L extends string>(name: string, help: string, labelNames: L[]): Counter<L>;
  gauge<L extends string>(name: string, help: string, labelNames: L[]): Gauge<L>;
  seconds<L extends string>(name: string, help: string, labelNames: L[]): Histogram<L>;
}

/** What is measured of landing files. */
function fileMetrics({ counter }: Makers) {
  return {
    convertedFiles: counter(
      'penstock_converted_files_total',
      'Files of rows that came one by one, by who wrote them (module, duckdb) and why DuckDB did (none, column_type, …).',
      ['pipeline', 'stream', 'writer', 'because'],
    ),
    quarantinedFiles: counter('penstock_quarantined_files_total', 'Files that did not fit.', [
      'pipeline',
      'stream',
    ]),
  };
}

/** What is measured of APIs that are read. */
function apiMetrics({ counter, gauge, seconds }: Makers) {
  return {
    apiCalls: counter(
      'penstock_api_calls_total',
      'Calls to an API, repeated ones included, by way and outcome.',
      ['source', 'shard', 'endpoint', 'way', 'outcome'],
    ),
    apiCallSeconds: seconds('penstock_api_call_duration_seconds', 'One call to an API.', [
      'source',
      'shard',
      'endpoint',
    ]),
    apiBytes: counter('penstock_api_bytes_total', 'Bytes of answers of an API.', ['source', 'shard']),
    apiBreaker: gauge('penstock_api_breaker_open', '1 while a shard counts as down, 0.5 while it is tried.', [
      'source',
      'shard',
    ]),
    apiRateWaitSeconds: counter(
      'penstock_api_rate_wait_seconds_total',
      'Waited for the rate limit of an API.',
      ['source', 'shard'],
    ),
  };
}
