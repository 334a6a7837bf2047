import { runUntilSignal } from '#shared/lifecycle/run-until-signal.ts';
import { serviceInput } from '#shared/runtime/service-input.ts';
import { describeError } from '#shared/telemetry/logger.ts';
import { loaderService } from './service.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  const input = await serviceInput(process.env, process.cwd(), true);
  const control = {
    onSignal: (handler: (signal: string) => void) => {
      process.on('SIGTERM', () => handler('SIGTERM'));
      process.on('SIGINT', () => handler('SIGINT'));
    },
    exit: (code: number) => process.exit(code),
    say,
  };
  await runUntilSignal([loaderService(input)], control, input.settings.drainMs);
} catch (error) {
  const { code, message } = describeError(error);
  say(`${code}: ${message}`);
  process.exitCode = 1;
}
