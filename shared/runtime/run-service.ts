import { exitOnUncaught } from '#shared/lifecycle/exit-on-uncaught.ts';
import { runUntilSignal } from '#shared/lifecycle/run-until-signal.ts';
import type { Service } from '#shared/lifecycle/service.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';
import { serviceInput } from './service-input.ts';
import type { ServiceInput } from './worker-runtime.ts';

/** The parts of the process a service's `main.ts` lends: `process` itself fits. */
export interface Host {
  readonly env: Readonly<Record<string, string | undefined>>;
  cwd(): string;
  on(event: 'SIGTERM' | 'SIGINT', handler: () => void): unknown;
  on(event: 'uncaughtException', handler: (error: unknown) => void): unknown;
  exit(code: number): void;
  exitCode?: number | string | null | undefined;
  readonly stderr: { write(text: string): unknown };
}

/** Runs one service of a process of its own until a signal. What keeps it from starting is said in one line, exit code 1. */
export async function runService(host: Host, open: (input: ServiceInput) => Service): Promise<void> {
  exitOnUncaught(host);
  const say = (line: string): void => void host.stderr.write(`${line}\n`);
  try {
    const input = await serviceInput(host.env, host.cwd(), true);
    const control = {
      onSignal: (handler: (signal: string) => void) => {
        for (const signal of ['SIGTERM', 'SIGINT'] as const) host.on(signal, () => handler(signal));
      },
      exit: (code: number) => host.exit(code),
      say,
    };
    await runUntilSignal([open(input)], control, input.settings.drainMs);
  } catch (error) {
    const { code, message } = describeError(error);
    say(`${code}: ${message}`);
    host.exitCode = 1;
  }
}
