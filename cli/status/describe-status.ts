import { duration, grouped, instant, section } from '../table.ts';
import type { StatusReport, WatermarkStatus } from './status-report.ts';

/** A stream of more slices is summed up in one line, and of more slices that are not fresh the first are named. */
const MAX_SLICES = 10;

/** Where the platform stands, for people. */
export function describeStatus(report: StatusReport): string {
  return [
    serviceLines(report),
    queueLines(report),
    watermarkLines(report),
    sliceLines(report),
    waitingLines(report),
  ].join('');
}

function serviceLines({ services, openRuns }: StatusReport): string {
  const alive = section(
    'services alive',
    ['service', 'process', 'since', 'last heard of'],
    services.map((one) => [one.service, one.processId, instant(one.startedAt), instant(one.heartbeatAt)]),
  );
  const runs = section(
    'open runs',
    ['run', 'pipeline', 'status', 'asked for', 'tasks done'],
    openRuns.map((run) => [run.runId, run.pipeline, run.status, instant(run.requestedAt), run.tasks]),
  );
  return (alive || '\nno service is alive\n') + (runs || '\nno run is open\n');
}

function queueLines({ queues, queueProblems }: StatusReport): string {
  const problems = queueProblems.map((problem) => `\nqueue: ${problem}\n`).join('');
  const counts = section(
    'queues',
    ['queue', 'waiting', 'active', 'delayed', 'failed'],
    queues.map((one) => [
      one.queue,
      grouped(one.waiting),
      grouped(one.active),
      grouped(one.delayed),
      grouped(one.failed),
    ]),
  );
  return problems + counts;
}

/** One line for each slice of a stream that has few; of others their number, and the one that is furthest behind. */
function watermarkLines({ watermarks }: StatusReport): string {
  const streams = Map.groupBy(watermarks, ({ pipeline, stream }) => `${pipeline} ${stream}`);
  const lines = [...streams.values()].flatMap((slices) =>
    slices.length <= MAX_SLICES ? slices.map(watermarkLine) : [furthestBehind(slices)],
  );
  return section('watermarks', ['pipeline', 'stream', 'watermark', 'behind now', 'moved', 'by run'], lines);
}

function watermarkLine(one: WatermarkStatus): string[] {
  return [
    one.pipeline,
    one.slice === '' ? one.stream : `${one.stream}/${one.slice}`,
    one.watermark,
    one.lagMs === null ? '–' : duration(one.lagMs),
    instant(one.movedAt),
    one.runId ?? '–',
  ];
}

function furthestBehind(slices: readonly WatermarkStatus[]): string[] {
  const [last, ...others] = slices;
  if (last === undefined) return [];
  const furthest = others.reduce((found, one) => ((one.lagMs ?? 0) > (found.lagMs ?? 0) ? one : found), last);
  const [pipeline = '', , ...rest] = watermarkLine(furthest);
  return [pipeline, `${furthest.stream}, the last of ${grouped(slices.length)} slices`, ...rest];
}

function sliceLines({ slices, slicesNotFresh }: StatusReport): string {
  const counted = section(
    'slices',
    ['pipeline', 'stream', 'fresh', 'incomplete', 'stale', 'missing', 'entities answered', 'all came since'],
    slices.map((one) => [
      one.pipeline,
      one.stream,
      ...[one.fresh, one.incomplete, one.stale, one.missing].map(grouped),
      `${grouped(one.answeredEntities)} of ${grouped(one.expectedEntities)}`,
      one.oldestSuccessAt === null ? 'not yet' : instant(one.oldestSuccessAt),
    ]),
  );
  const named = section(
    'slices that are not fresh; `penstock retry <run>` asks for them again',
    ['slice', 'is', 'last came', 'run', 'why'],
    slicesNotFresh
      .slice(0, MAX_SLICES)
      .map((one) => [
        `${one.pipeline} ${one.stream}/${one.slice}`,
        one.status,
        one.lastSuccessAt === null ? 'never' : instant(one.lastSuccessAt),
        one.runId,
        one.reason ?? '',
      ]),
  );
  const more = slicesNotFresh.length - MAX_SLICES;
  return counted + named + (more > 0 ? `and more; --json names ${grouped(slicesNotFresh.length)}\n` : '');
}

function waitingLines({ quarantined, rejects, deadLetters }: StatusReport): string {
  const counted = (rows: readonly { pipeline: string; stream: string; n: number }[]): string[][] =>
    rows.map(({ pipeline, stream, n }) => [pipeline, stream, grouped(n)]);
  const columns = ['pipeline', 'stream', 'count'];
  const files = counted(quarantined.map((one) => ({ ...one, n: one.files })));
  const rows = counted(rejects.map((one) => ({ ...one, n: one.count })));
  const letters = deadLetters.map(({ queue, jobName, code, at }) => [queue, jobName, code, instant(at)]);
  return [
    section('quarantined files', columns, files),
    section('rejected rows, by column', columns, rows),
    section('dead letters', ['queue', 'job', 'code', 'at'], letters),
  ].join('');
}
