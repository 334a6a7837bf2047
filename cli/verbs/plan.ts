import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { withExamples } from '../flags.ts';
import { type OutputFlags, printResult } from '../output.ts';
import type { PlanReport } from '../plan/plan-report.ts';
import { type RunFlags, runRequestOf, withRunFlags } from '../run-flags.ts';
import { withStores } from '../stores.ts';
import { instant, section } from '../table.ts';

export function addPlan(program: Command, context: CliContext): Command {
  const command = withRunFlags(program.command('plan'))
    .description('print exactly what `run` with the same flags would do now, and do nothing')
    .action((pipeline: string, flags: RunFlags & OutputFlags) =>
      withStores(context, async (stores) => {
        const { planReport } = await import('../plan/plan-report.ts');
        const report = await planReport(stores, pipeline, runRequestOf(flags));
        printResult(context, flags, report, () => describePlan(report));
      }),
    );
  return withExamples(command, 'plan credit', 'plan credit --schedule full --full-refresh');
}

function describePlan(plan: PlanReport): string {
  const head = [
    `${plan.kind} run of ${plan.pipeline}${plan.schedule === null ? '' : `, schedule ${plan.schedule}`}`,
    `as of ${plan.asOf}, layers ${plan.layers.join(', ') || 'none above bronze'}`,
    ...(plan.exists ? [`run ${plan.runId} of this key is there: asking again changes nothing`] : []),
  ];
  return [
    head.map((line) => `${line}\n`).join(''),
    section(
      'slices',
      ['stream', 'slice', 'shard', 'reads', 'because', 'watermark'],
      plan.slices.map((one) => [
        one.stream,
        one.slice || '–',
        one.shard,
        one.mode,
        one.reason,
        one.watermark ?? '–',
      ]),
    ),
    section(
      'tasks',
      ['kind', 'stream', 'slice'],
      plan.tasks.map(({ kind, stream, slice }) => [kind, stream || '(all)', slice]),
    ),
    section(
      'models, as things stand (rows that are merged rebuild what reads them)',
      ['model', 'layer', 'action', 'because'],
      plan.models.map(({ model, layer, action, reason }) => [model, layer, action, reason]),
    ),
    section(
      'schedules',
      ['schedule', 'cron', 'next'],
      plan.schedules.map(({ schedule, cron, next }) => [schedule, cron, next.map(instant).join(', ')]),
    ),
  ].join('');
}
