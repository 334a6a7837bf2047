import { fileURLToPath } from 'node:url';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { abortOnSignal, Interrupted } from '../interruption.ts';
import { fileLog, type LocalPlatform, startAllServices, startLocalPlatform } from '../local-platform.ts';
import { toJson } from '../output.ts';
import { setAllSchedules } from '../set-all-schedules.ts';
import { duration } from '../table.ts';
import { untilAborted } from '../until-aborted.ts';
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
    context.write(options.json === true ? `${toJson(report)}\n` : closing(report, options.once !== true));
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
  const platform = await startServers(options, screen, releasers);
  const { log, path: logPath } = fileLog(platform, 'demo', releasers);
  const services = startAllServices(platform.input, log, releasers);
  // Whoever awaits it hears of a failure; until then it must not end the process.
  services.catch(() => {});
  const state: DemoState = {
    options,
    platform,
    services,
    logPath,
    signal,
    firstDay: new Date(Date.now() - DAY_MS),
    runs: [],
    firstGoldMs: 0,
    late: undefined,
  };
  releasers.add('late transaction', async () => state.late?.close());
  await runSteps(demoSteps(state), screen);
  return reportOf(state);
}

async function startServers(
  { queue }: DemoOptions,
  screen: Screen,
  releasers: Releasers,
): Promise<LocalPlatform> {
  const { promise, resolve } = Promise.withResolvers<LocalPlatform>();
  const step = {
    title: 'servers',
    run: async (say: (text: string) => void) => {
      say('starting');
      const environment = { PENSTOCK_HTTP_PORT: '0' };
      const platform = await startLocalPlatform({ queue, cwd: PROJECT_DIR, environment }, releasers);
      // A scheduled run in between would take the changes the demo wants to show.
      await setAllSchedules(platform, true, 'demo');
      resolve(platform);
      return { summary: `OLTP, ledger and warehouse; queue on ${queue}; ${duration(performance.now())}` };
    },
  };
  await runSteps([step], screen);
  return promise;
}
