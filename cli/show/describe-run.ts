import { duration, grouped, instant, section } from '../table.ts';
import { describeSlices } from './describe-slices.ts';
import type { RunReport, TaskView } from './run-report.ts';

const MAX_DROPPED = 40;

/** A run for people: header, slices, tasks, models, tests that did not pass, ages of sources, files. */
export function describeRunReport(report: RunReport): string {
  return [
    header(report),
    describeSlices(report.slices),
    section(
      'shards listed in part',
      ['shard', 'why'],
      report.listedInPart.map(({ slice, reason }) => [slice, reason]),
    ),
    tasks(report),
    models(report),
    tests(report),
    sources(report),
    files(report),
    section(
      'rejected rows, by column',
      ['stream', 'column', 'reason', 'rows'],
      report.rejects.map(({ stream, column, code, count }) => [stream, column, code, grouped(count)]),
    ),
    dropped(report),
  ].join('');
}

function header({ run }: RunReport): string {
  const lines = [
    `${run.runId}  ${run.status}`,
    `${run.pipeline}, ${run.kind}${run.schedule === null ? '' : ` ${run.schedule}`}, as of ${run.asOf}`,
    `asked for ${instant(run.requestedAt)} by ${run.requestedBy}, logical time ${instant(run.logicalTime)}`,
    ...(run.startedAt === null ? [] : [`started ${instant(run.startedAt)}`]),
    ...(run.finishedAt === null
      ? []
      : [`finished ${instant(run.finishedAt)}, after ${took(run.startedAt, run.finishedAt)}`]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function tasks({ tasks: all }: RunReport): string {
  return section(
    'tasks',
    ['task', 'kind', 'stream', 'status', 'attempt', 'took', 'error'],
    all.map((task) => [
      task.taskId,
      task.kind,
      task.stream || '(all)',
      task.status,
      String(task.attempt),
      took(task.startedAt, task.finishedAt),
      errorOf(task),
    ]),
  );
}

function errorOf({ error }: TaskView): string {
  return error === null ? '' : `${error.code}: ${error.message}`;
}

function models({ models: all }: RunReport): string {
  return section(
    'models',
    ['model', 'layer', 'status', 'rows', 'why'],
    all.map(({ model, layer, status, rows, reason }) => [
      model,
      layer,
      status,
      rows === null ? '–' : grouped(rows),
      reason ?? '',
    ]),
  );
}

function tests({ tests: { passed, notPassed } }: RunReport): string {
  if (passed + notPassed.length === 0) return '';
  const listed = section(
    'tests that did not pass',
    ['model', 'test', 'stage', 'severity', 'status', 'rows'],
    notPassed.map(({ model, test, stage, severity, status, failingRows }) => [
      model,
      test,
      stage,
      severity,
      status,
      failingRows === null ? '–' : grouped(failingRows),
    ]),
  );
  return `\n${grouped(passed)} tests passed, ${grouped(notPassed.length)} did not\n${listed}`;
}

function sources({ sources: all }: RunReport): string {
  return section(
    'sources',
    ['source', 'state', 'age', 'why'],
    all.map(({ source, status, ageSeconds, maxLoadedAt, error }) => [
      source,
      status,
      ageSeconds === null
        ? maxLoadedAt === null && error === null
          ? 'never loaded'
          : '–'
        : duration(ageSeconds * 1_000),
      error?.message ?? '',
    ]),
  );
}

function files({ files: all }: RunReport): string {
  return section(
    'files',
    ['file', 'state', 'rows', 'bytes', 'why'],
    all.map(({ key, state, rows, bytes, isRejects, reason }) => [
      key,
      isRejects ? `${state} (rejects)` : state,
      grouped(rows),
      grouped(bytes),
      reason ?? '',
    ]),
  );
}

function took(from: string | null, to: string | null): string {
  return from === null || to === null ? '–' : duration(Date.parse(to) - Date.parse(from));
}

/** A key whose name may not be told stands as `…` under its parent. */
function dropped({ dropped: all }: RunReport): string {
  return section(
    'left out, since no contract names it',
    ['stream', 'key', 'entities', 'times'],
    all
      .slice(0, MAX_DROPPED)
      .map(({ stream, parent, key, entities, occurrences }) => [
        stream,
        [parent, key ?? '…'].filter((part) => part !== '').join('.'),
        grouped(entities),
        grouped(occurrences),
      ]),
  );
}
