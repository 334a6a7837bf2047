import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type OutputFlags, printResult } from '../output.ts';
import type { StatusReport } from '../status/status-report.ts';
import { withStores } from '../stores.ts';
import { duration, grouped, instant, section } from '../table.ts';

export function addStatus(program: Command, context: CliContext): Command {
  const command = program
    .command('status')
    .description('show services alive, open runs, queues, watermarks, and what waits for a person')
    .action((flags: OutputFlags) =>
      withStores(context, async (stores) => {
        const { statusReport } = await import('../status/status-report.ts');
        const report = await statusReport(stores);
        printResult(context, flags, report, () => describeStatus(report));
      }),
    );
  return withExamples(command, 'status');
}

function describeStatus(report: StatusReport): string {
  return [serviceLines(report), queueLines(report), watermarkLines(report), waitingLines(report)].join('');
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

function watermarkLines({ watermarks }: StatusReport): string {
  return section(
    'watermarks',
    ['pipeline', 'stream', 'watermark', 'behind now', 'moved', 'by run'],
    watermarks.map((one) => [
      one.pipeline,
      one.slice === '' ? one.stream : `${one.stream}/${one.slice}`,
      one.watermark,
      one.lagMs === null ? '–' : duration(one.lagMs),
      instant(one.movedAt),
      one.runId ?? '–',
    ]),
  );
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
