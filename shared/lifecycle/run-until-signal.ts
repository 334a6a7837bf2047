import { foldSignals } from './fold-signals.ts';
import { quickenStrings } from './quicken-strings.ts';
import type { Service } from './service.ts';

/** The parts of the process a `main.ts` lends; nothing else may touch signals or exit codes. */
export interface ProcessControl {
  onSignal(handler: (signal: string) => void): void;
  exit(code: number): void;
  say(line: string): void;
  /** Monotonic milliseconds, default `performance.now`. */
  now?(): number;
}

/** What `128 + n` a shell reports for an interrupted process. */
const FORCED_EXIT_CODE = 130;

/**
 * Starts services in order and keeps them until a signal. The first signal drains them in reverse order within
 * the deadline; the second forces an exit at once (copies of the first, see `foldSignals`, are no second).
 *
 * @param services started one after the other.
 * @param drainMs deadline for draining all of them.
 * @returns when everything is stopped.
 * @throws whatever a start threw, after the services already started were stopped.
 */
export async function runUntilSignal(
  services: readonly Service[],
  control: ProcessControl,
  drainMs: number,
): Promise<void> {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  let signals = 0;
  const heard = (signal: string) => {
    signals += 1;
    if (signals > 1) return control.exit(FORCED_EXIT_CODE);
    control.say(`${signal}: draining, at most ${Math.round(drainMs / 1000)} s; once more forces`);
    ask();
  };
  control.onSignal(foldSignals(heard, control.now));
  try {
    for (const service of services) await service.start();
    quickenStrings();
    await asked;
  } finally {
    await stopAll(services, drainMs, control);
  }
}

async function stopAll(
  services: readonly Service[],
  drainMs: number,
  control: ProcessControl,
): Promise<void> {
  const until = performance.now() + drainMs;
  for (const service of services.toReversed()) {
    const report = await service.stop(Math.max(0, until - performance.now()));
    for (const name of report.timedOut) control.say(`${service.name}: ${name} did not stop in time`);
    for (const { name } of report.failed) control.say(`${service.name}: ${name} failed to stop`);
  }
}
