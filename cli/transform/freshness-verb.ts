import { basename, dirname, join, resolve } from 'node:path';
import { customEnvironment } from '#shared/models/artifacts/artifact-metadata.ts';
import { sourcesOf } from '#shared/models/artifacts/sources.ts';
import { writeArtifact } from '#shared/models/artifacts/write-artifact.ts';
import { type FreshnessOutcome, invokeFreshness } from '#shared/models/freshness/freshness-invocation.ts';
import { countResults } from '#shared/models/invoke/node-result.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { abortOnSignal } from '../interruption.ts';
import { printResult } from '../output.ts';
import type { FreshnessFlags } from './freshness-verbs.ts';
import { isTold } from './log-level.ts';
import { withTransform } from './open-transform.ts';
import { doneLine, problemsText } from './progress-lines.ts';
import { progressReporter } from './report-progress.ts';
import { selectionOf } from './transform-run.ts';

/** Measures source tables, tells how old each is, and writes `sources.json`. */
export async function freshnessVerb(context: CliContext, flags: FreshnessFlags): Promise<void> {
  const signal = abortOnSignal(context.control, 'cancelling what runs; once more ends at once');
  await withTransform(context, flags, async ({ project, adapter, threads, run, targetDir }) => {
    const outcome = await invokeFreshness({
      project,
      adapter: adapter(),
      selection: selectionOf(flags, context.cwd),
      threads,
      run: { ...run, flags: { ...run.flags, WHICH: 'freshness' } },
      onEvent: progressReporter(context, flags, run.invocationId),
      signal,
    });
    const file =
      flags.output === undefined ? join(targetDir, 'sources.json') : resolve(context.cwd, flags.output);
    if (flags.writeJson !== false || flags.output !== undefined) {
      const env = customEnvironment(project.scope.env);
      await writeArtifact(dirname(file), basename(file), sourcesOf({ run, env, ...outcome }));
    }
    close(context, flags, outcome);
  });
}

function close(context: CliContext, flags: FreshnessFlags, outcome: FreshnessOutcome): void {
  const { results, elapsedMs, succeeded } = outcome;
  const counts = countResults(results);
  if (flags.logFormat !== 'json') {
    const problems = problemsText(results);
    if (problems !== '' && isTold('error', flags)) context.control.say(`\n${problems}`);
    const report = { succeeded, elapsedMs: Math.round(elapsedMs), counts, results: results.map(shown) };
    if (isTold('info', flags) || flags.json === true)
      printResult(context, flags, report, () => `${doneLine(counts)}\n`);
  }
  if (!succeeded) context.setExitCode(EXIT.failed);
}

/** Without the source's whole declaration. */
function shown({ source: _source, age, ...result }: FreshnessOutcome['results'][number]) {
  const { maxLoadedAt, snapshottedAt, ageSeconds } = age ?? {};
  return {
    ...result,
    maxLoadedAt,
    snapshottedAt,
    ageSeconds: Number.isFinite(ageSeconds) ? ageSeconds : null,
  };
}
