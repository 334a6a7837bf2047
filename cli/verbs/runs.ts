import { type Command, Option } from 'commander';
import type { RunStatus } from '#shared/contracts/task.ts';
import type { RunView } from '#shared/runs/run-view.ts';
import type { CliContext } from '../context.ts';
import { wholeNumber, withExamples } from '../flags.ts';
import { type OutputFlags, printResult } from '../output.ts';
import { withStores } from '../stores.ts';
import { duration, instant, table } from '../table.ts';

interface Flags extends OutputFlags {
  readonly pipeline?: string;
  readonly status?: RunStatus;
  readonly limit: number;
}

const STATUSES: readonly RunStatus[] = [
  'queued',
  'running',
  'succeeded',
  'no_changes',
  'partial',
  'failed',
  'cancelled',
];
const DEFAULT_LIMIT = 20;

export function addRuns(program: Command, context: CliContext): Command {
  const command = program
    .command('runs')
    .description('list runs, newest first')
    .option('--pipeline <name>', 'only of this pipeline')
    .addOption(new Option('--status <status>', 'only with this status').choices(STATUSES))
    .option('--limit <n>', 'at most so many', wholeNumber(1), DEFAULT_LIMIT)
    .action((flags: Flags) =>
      withStores(context, async ({ ledger }) => {
        const { pipeline, status, limit } = flags;
        const filter = {
          limit,
          ...(pipeline === undefined ? {} : { pipeline }),
          ...(status === undefined ? {} : { status }),
        };
        const { listRuns } = await import('#shared/ledger/runs.ts');
        const { runView } = await import('#shared/runs/run-view.ts');
        const runs = (await listRuns(ledger, filter)).map(runView);
        printResult(context, flags, { runs }, () => runTable(runs));
      }),
    );
  return withExamples(command, 'runs --status partial --limit 5');
}

function runTable(runs: readonly RunView[]): string {
  if (runs.length === 0) return 'no runs\n';
  const titles = ['run', 'pipeline', 'kind', 'status', 'as of', 'asked for', 'by'];
  const columns = [...titles.map((title) => ({ title })), { title: 'took', align: 'right' as const }];
  const rows = runs.map((run) => [
    run.runId,
    run.pipeline,
    run.schedule === null ? run.kind : `${run.kind} ${run.schedule}`,
    run.status,
    run.asOf,
    instant(run.requestedAt),
    run.requestedBy,
    took(run),
  ]);
  return table(columns, rows);
}

function took({ startedAt, finishedAt }: RunView): string {
  if (startedAt === null || finishedAt === null) return '';
  return duration(Date.parse(finishedAt) - Date.parse(startedAt));
}
