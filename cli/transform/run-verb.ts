import { writeInvocation } from '#shared/models/artifacts/write-invocation.ts';
import type { InvocationCommand, InvocationResult } from '#shared/models/invoke/invocation.ts';
import { invoke } from '#shared/models/invoke/invoke.ts';
import { countResults } from '#shared/models/invoke/node-result.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { abortOnSignal } from '../interruption.ts';
import { printResult } from '../output.ts';
import type { EarlierInvocation } from './earlier-invocation.ts';
import { invocationArgs } from './invocation-args.ts';
import { isTold, levelOfStatus } from './log-level.ts';
import { withTransform } from './open-transform.ts';
import { doneLine, problemsText } from './progress-lines.ts';
import { recordInvocation } from './record-invocation.ts';
import { progressReporter } from './report-progress.ts';
import type { RunVerbFlags } from './run-verbs.ts';
import { isAudited, runFlagsOf, selectionOf } from './transform-run.ts';

/** What a retry runs, instead of what the flags select. */
export type Retried = Pick<EarlierInvocation, 'ids' | 'retried'>;

/** Runs nodes, tells how it goes, and ends with the closing line. */
export async function runVerb(
  context: CliContext,
  command: InvocationCommand,
  flags: RunVerbFlags,
  retry?: Retried,
): Promise<void> {
  const signal = abortOnSignal(context.control, 'cancelling what runs; once more ends at once');
  await withTransform(context, flags, async (transform) => {
    const { project, threads, run } = transform;
    const outcome = await invoke({
      project,
      adapter: transform.adapter(),
      command,
      selection: { ...selectionOf(flags, context.cwd), ...(retry === undefined ? {} : { only: retry.ids }) },
      threads,
      flags: {
        ...runFlagsOf(flags, context.cwd, project.graph.settings.flags),
        ...(retry === undefined ? {} : { retried: retry.retried }),
      },
      run,
      ...(command === 'build' && isAudited(flags, project)
        ? { audit: { publisher: await transform.publisher() } }
        : {}),
      onEvent: progressReporter(context, flags, run.invocationId),
      signal,
    });
    if (flags.writeJson !== false) {
      await writeInvocation({
        ...outcome,
        project,
        run,
        targetDir: transform.targetDir,
        args: invocationArgs(command, flags, context.cwd, project.graph.options.vars),
      });
    }
    await recordInvocation(context, command, transform, outcome.results);
    close(context, flags, outcome);
  });
}

/** Problems again, together, and the closing line. */
function close(context: CliContext, flags: RunVerbFlags, outcome: InvocationResult): void {
  const { results, elapsedMs, succeeded } = outcome;
  const counts = countResults(results);
  if (flags.logFormat !== 'json') {
    const problems = problemsText(results.filter(({ status }) => isTold(levelOfStatus(status), flags)));
    if (problems !== '') context.control.say(`\n${problems}`);
    const report = { succeeded, elapsedMs: Math.round(elapsedMs), counts, results };
    if (isTold('info', flags) || flags.json === true)
      printResult(context, flags, report, () => `${doneLine(counts)}\n`);
  }
  if (!succeeded) context.setExitCode(EXIT.failed);
}
