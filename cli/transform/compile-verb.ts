import { resolutionOf } from '#shared/models/invoke/deferral.ts';
import { compileQuery } from '#shared/models/invoke/show-query.ts';
import type { CliContext } from '../context.ts';
import { printResult } from '../output.ts';
import { withTransform } from './open-transform.ts';
import type { CompileFlags } from './query-verbs.ts';
import { progressReporter } from './report-progress.ts';
import { runVerb } from './run-verb.ts';
import { runFlagsOf } from './transform-run.ts';

/** Compiles nodes as an invocation of its own, or one query. */
export async function compileVerb(context: CliContext, flags: CompileFlags): Promise<void> {
  if (flags.inline === undefined) return runVerb(context, 'compile', flags);
  await compileInline(context, flags, flags.inline);
}

async function compileInline(context: CliContext, flags: CompileFlags, inline: string): Promise<void> {
  await withTransform(context, flags, async ({ project, run, adapter }) => {
    const onEvent = progressReporter(context, flags, run.invocationId);
    const connection = await adapter().connect('compile');
    try {
      const runFlags = runFlagsOf(flags, context.cwd);
      const request = {
        ...{ project, run, adapter: adapter(), onEvent, query: { inline }, limit: undefined },
        resolution: await resolutionOf({ project, adapter: adapter(), flags: runFlags }, new Set()),
        fullRefresh: runFlags.fullRefresh,
      };
      const compiled = await compileQuery(request, connection);
      const asked = { ...flags, json: flags.json === true || flags.output === 'json' };
      printResult(context, asked, { compiled }, () => `${compiled}\n`);
    } finally {
      await connection.release();
    }
  });
}
