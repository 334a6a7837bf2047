import type { InvocationEvent, NodeLabel } from '#shared/models/invoke/invocation-event.ts';
import type { WorkKind } from '#shared/models/invoke/node-result.ts';
import { levelOfStatus } from './log-level.ts';
import { batchLine, doneLine, finishedLine, plannedLine, startedLine } from './progress-lines.ts';

/**
 * An event as one JSON object on one line, in the shape of the original's structured log (`info` with name, level, message and instant,
 * `data` with the node), so that tools which read that find nodes and statuses where they look for them.
 */
export function jsonLine(event: InvocationEvent, invocationId: string): string {
  const { name, level = 'info', msg, data } = described(event);
  const info = { name, level, msg, ts: new Date().toISOString(), invocation_id: invocationId };
  return JSON.stringify({ info, data });
}

/** What stopped everything, as one JSON object on one line. */
export function errorLine(code: string, message: string): string {
  const info = { name: 'MainEncounteredError', level: 'error', msg: message, ts: new Date().toISOString() };
  return JSON.stringify({ info, data: { code, exc: message } });
}

/** A warning outside of any node, as one JSON object on one line. */
export function warningLine(name: string, msg: string): string {
  return JSON.stringify({ info: { name, level: 'warn', msg, ts: new Date().toISOString() }, data: { msg } });
}

interface Described {
  readonly name: string;
  readonly level?: string;
  readonly msg: string;
  readonly data: Readonly<Record<string, unknown>>;
}

function described(event: InvocationEvent): Described {
  switch (event.type) {
    case 'planned':
      return {
        name: 'ConcurrencyLine',
        msg: plannedLine(event),
        data: { node_count: event.total, num_threads: event.threads, kinds: event.kinds },
      };
    case 'node-started': {
      const { node, index, total } = event;
      const data = { index, total, node_info: nodeInfo(node, 'started') };
      return { name: 'LogStartLine', msg: startedLine(event), data };
    }
    case 'batch-finished':
      return batch(event);
    case 'node-finished':
      return finished(event);
    case 'message': {
      const level = event.level;
      return {
        name: 'JinjaLogInfo',
        level,
        msg: event.text,
        data: { msg: event.text, unique_id: event.node },
      };
    }
    case 'finished': {
      const stats = event.counts;
      const data = { stats, elapsed: event.elapsedMs / 1_000 };
      return { name: 'StatsLine', msg: doneLine(stats), data };
    }
  }
}

const NAMES: Readonly<Partial<Record<WorkKind, string>>> = {
  test: 'LogTestResult',
  unit_test: 'LogUnitTestResult',
  seed: 'LogSeedResult',
  snapshot: 'LogSnapshotResult',
  source: 'LogFreshnessResult',
  operation: 'LogHookEndLine',
};

function finished(event: Extract<InvocationEvent, { type: 'node-finished' }>): Described {
  const { result, index, total } = event;
  return {
    name: NAMES[result.kind] ?? 'LogModelResult',
    level: levelOfStatus(result.status),
    msg: finishedLine(result, index, total, false),
    data: {
      index,
      total,
      status: result.status,
      execution_time: result.executionMs / 1_000,
      num_failures: result.failures,
      message: result.message,
      rows_affected: result.rowsAffected,
      node_info: nodeInfo(result, result.status),
    },
  };
}

function batch(event: Extract<InvocationEvent, { type: 'batch-finished' }>): Described {
  const { status, name, place, total, executionMs } = event.batch;
  return {
    name: 'LogBatchResult',
    level: levelOfStatus(status),
    msg: batchLine(event, false),
    data: {
      ...{ status, batch_index: place, total_batches: total, batch_start: name },
      execution_time: executionMs / 1_000,
      node_info: nodeInfo(event.node, status),
    },
  };
}

const nodeInfo = ({ uniqueId, kind, label, noun }: NodeLabel, status: string) => ({
  unique_id: uniqueId,
  resource_type: kind,
  node_name: uniqueId.split('.')[2] ?? label,
  materialized: noun,
  node_relation: label,
  node_status: status,
});
