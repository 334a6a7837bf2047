import { duration, grouped, table } from '../table.ts';
import { describeWhere, type WhereToLook, whereToLook } from '../where-to-look.ts';
import type { DemoRun } from './demo-outcome.ts';
import type { DemoState } from './demo-state.ts';
import { compareLayers, type LayerComparison } from './layers.ts';

/** What a demo ends with; `--json` prints it whole. */
export interface DemoReport {
  /** True when every layer agrees with the source and no run failed. */
  readonly agrees: boolean;
  readonly firstGoldMs: number;
  readonly totalMs: number;
  readonly layers: readonly LayerComparison[];
  readonly runs: readonly DemoRun[];
  readonly where: WhereToLook;
}

/** Compares all layers once more and adds up. */
export async function reportOf(state: DemoState): Promise<DemoReport> {
  const layers = await compareLayers(state);
  const isDone = (run: DemoRun): boolean => run.status === 'succeeded' || run.status === 'no_changes';
  return {
    agrees: layers.every((layer) => layer.agrees) && state.runs.every(isDone),
    firstGoldMs: Math.round(state.firstGoldMs),
    totalMs: Math.round(performance.now()),
    layers,
    runs: state.runs,
    where: whereToLook(state.platform, await state.services, state.logPath),
  };
}

/**
 * The closing table, durations, and where to look.
 *
 * @param stays whether there will still be something to look at.
 */
export function closing(report: DemoReport, stays: boolean): string {
  const failed = report.runs.filter(({ status }) => status !== 'succeeded' && status !== 'no_changes');
  return [
    '\n',
    layerTable(report.layers),
    '\n',
    runTable(report.runs),
    `\nFirst gold table after ${duration(report.firstGoldMs)}, everything after ${duration(report.totalMs)}.\n`,
    report.agrees ? 'Every layer agrees with the source.\n' : 'Something is wrong: see above.\n',
    ...failed.map(({ runId, status }) => `Run ${runId} is ${status}.\n`),
    ...(stays ? ['\nWhere to look:\n', describeWhere(report.where)] : []),
  ].join('');
}

function layerTable(layers: readonly LayerComparison[]): string {
  const columns = [
    { title: 'stream' },
    { title: 'layer' },
    { title: 'table' },
    { title: 'rows', align: 'right' as const },
    { title: 'in source', align: 'right' as const },
    { title: 'compared on' },
    { title: '' },
  ];
  const verdict = (layer: LayerComparison): string =>
    layer.agrees
      ? 'agrees'
      : `DIFFERS: ${grouped(layer.onlyInSource)} missing, ${grouped(layer.onlyHere)} not in source`;
  const rows = layers.map((layer) => [
    layer.stream,
    layer.layer,
    layer.table,
    grouped(layer.rows),
    grouped(layer.sourceRows),
    layer.comparedOn,
    verdict(layer),
  ]);
  return table(columns, rows);
}

function runTable(runs: readonly DemoRun[]): string {
  const total = (run: DemoRun, of: 'rowsRead' | 'inserted' | 'updated'): string =>
    grouped(run.streams.reduce((sum, stream) => sum + stream[of], 0));
  const right = 'right' as const;
  const columns = [
    { title: 'run' },
    { title: 'id' },
    { title: 'status' },
    { title: 'read', align: right },
    { title: 'inserted', align: right },
    { title: 'updated', align: right },
    { title: 'took', align: right },
  ];
  const rows = runs.map((run) => [
    run.title,
    run.runId,
    run.status,
    total(run, 'rowsRead'),
    total(run, 'inserted'),
    total(run, 'updated'),
    duration(run.durationMs),
  ]);
  return table(columns, rows);
}
