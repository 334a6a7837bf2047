import { pipelineNamed } from '#shared/config/load-pipelines.ts';
import type { Run } from '#shared/ledger/runs.ts';
import { requestRun } from '#shared/runs/request-run.ts';
import { runView } from '#shared/runs/run-view.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { abortOnSignal, Interrupted } from '../interruption.ts';
import { type OutputFlags, printResult } from '../output.ts';
import { type RunFlags, runRequestOf } from '../run-flags.ts';
import type { Stores } from '../stores.ts';
import { watchRun } from '../watch-run.ts';

/** Flags of `run`. */
export interface AskFlags extends RunFlags, OutputFlags {
  readonly wait?: boolean;
}

/** Asks for a run, and waits for its end when that is wanted. */
export async function askForRun(
  context: CliContext,
  stores: Stores,
  name: string,
  flags: AskFlags,
): Promise<void> {
  const pipeline = pipelineNamed(stores.pipelines, name);
  const asked = { ...runRequestOf(flags), requestedBy: 'cli' };
  const { run, created, announced } = await requestRun(stores, pipeline, asked);
  if (!created) context.control.say('it was asked for before: this is that run');
  await reportAsked(context, stores, run, flags, { created, announced });
}

/** Prints a run that was asked for; waits for its end first when that is wanted. @param facts printed with it as JSON. */
export async function reportAsked(
  context: CliContext,
  stores: Stores,
  run: Run,
  flags: Pick<AskFlags, 'wait' | 'json'>,
  facts: { readonly announced: boolean } & Readonly<Record<string, unknown>>,
): Promise<void> {
  if (!facts.announced) {
    context.control.say('the queue is away: the run is recorded, and starts once a scheduler sees it');
  }
  if (flags.wait !== true) {
    const result = { ...runView(run), ...facts };
    return printResult(context, flags, result, () => `${run.runId} ${run.status}\n`);
  }
  const closed = await waitFor(context, stores, run, flags);
  if (closed === undefined) return context.setExitCode(EXIT.failed);
  const result = { ...runView(closed), ...facts, manifest: closed.manifest };
  printResult(
    context,
    flags,
    result,
    () => `${closed.runId} ${closed.status}: penstock show ${closed.runId}\n`,
  );
  if (closed.status !== 'succeeded' && closed.status !== 'no_changes') context.setExitCode(EXIT.failed);
}

/** Undefined when somebody pressed Ctrl-C: the run goes on without us. */
async function waitFor(
  context: CliContext,
  stores: Stores,
  run: Run,
  flags: Pick<AskFlags, 'json'>,
): Promise<Run | undefined> {
  const signal = abortOnSignal(context.control, `no longer waiting; run ${run.runId} goes on`);
  const say = flags.json === true ? () => {} : progressWriter(context, run.runId);
  try {
    return await watchRun(stores.ledger, run.runId, say, signal);
  } catch (error) {
    if (signal.reason instanceof Interrupted) return undefined;
    throw error;
  }
}

function progressWriter(context: CliContext, runId: string): (text: string) => void {
  let last = '';
  return (text) => {
    if (text !== last) context.control.say(`${runId}: ${text}`);
    last = text;
  };
}
