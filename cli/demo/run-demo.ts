import { fileURLToPath } from 'node:url';
import { setSchedulePaused } from '#shared/ledger/schedule-state.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { abortOnSignal, Interrupted } from '../interruption.ts';
import {
  fileLog,
  type LocalPlatform,
  type RunningServices,
  startAllServices,
  startLocalPlatform,
} from '../local-platform.ts';
import { toJson } from '../output.ts';
import { duration } from '../table.ts';
import { type WhereToLook, whereToLook } from '../where-to-look.ts';
import type { DemoOptions, DemoState } from './demo-state.ts';
import { runSteps, type Screen } from './progress.ts';
import { closing, type DemoReport, reportOf } from './report.ts';
import { demoSteps } from './steps.ts';

const DAY_MS = 86_400_000;
const STOP_MS = 30_000;
/** The demo shows the pipelines of this repository, wherever it is called from. */
const PROJECT_DIR = fileURLToPath(new URL('../../', import.meta.url));

/** Runs the whole story on a fresh platform that leaves nothing behind. */
export async function runDemo(context: CliContext, options: DemoOptions): Promise<void> {
  const screen = screenOf(context, options);
  const releasers = new Releasers();
  const signal = abortOnSignal(context.control, 'stopping; once more forces');
  try {
    const report = await tellStory(options, screen, releasers, signal);
    context.write(options.json === true ? `${toJson(report)}\n` : closing(report));
    context.setExitCode(report.agrees ? EXIT.ok : EXIT.failed);
    if (options.once !== true) {
      if (options.json !== true) context.write('\nIt stays up until Ctrl-C.\n');
      await untilAborted(signal);
    }
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    context.setExitCode(EXIT.failed);
  } finally {
    await releasers.releaseAll(STOP_MS);
  }
}

function screenOf(context: CliContext, options: DemoOptions): Screen {
  const plain = context.interactive ? 'terminal' : 'lines';
  return { kind: options.json === true ? 'silent' : plain, write: context.write };
}

async function tellStory(
  options: DemoOptions,
  screen: Screen,
  releasers: Releasers,
  signal: AbortSignal,
): Promise<DemoReport> {
  const started = await startUp(options, screen, releasers);
  const state: DemoState = {
    options,
    platform: started.platform,
    signal,
    firstDay: new Date(Date.now() - DAY_MS),
    runs: [],
    firstGoldMs: 0,
    late: undefined,
  };
  releasers.add('late transaction', async () => state.late?.close());
  await runSteps(demoSteps(state), screen);
  return reportOf(state, started.where);
}

async function startUp(
  { queue }: DemoOptions,
  screen: Screen,
  releasers: Releasers,
): Promise<{ platform: LocalPlatform; where: WhereToLook }> {
  const held: { platform?: LocalPlatform; where?: WhereToLook } = {};
  const step = {
    title: 'platform',
    run: async (say: (text: string) => void) => {
      say('starting servers');
      const environment = { PENSTOCK_HTTP_PORT: '0' };
      held.platform = await startLocalPlatform({ queue, cwd: PROJECT_DIR, environment }, releasers);
      await pauseSchedules(held.platform);
      say('starting services');
      const { log, path } = fileLog(held.platform, 'demo', releasers);
      const services: RunningServices = await startAllServices(held.platform.input, log, releasers);
      held.where = whereToLook(held.platform, services, path);
      return {
        summary: `servers and four services are up, queue on ${queue}, ${duration(performance.now())}`,
      };
    },
  };
  await runSteps([step], screen);
  const { platform, where } = held;
  if (platform === undefined || where === undefined) throw new Error('the platform did not start');
  return { platform, where };
}

/** A scheduled run in between would take the changes the demo wants to show. */
async function pauseSchedules({ ledger, pipelines }: LocalPlatform): Promise<void> {
  for (const { name, schedules } of pipelines.values()) {
    for (const schedule of Object.keys(schedules)) {
      await setSchedulePaused(ledger, name, schedule, true, 'demo');
    }
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  else signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
