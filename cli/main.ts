import { CommanderError } from 'commander';
import { exitOnUncaught } from '#shared/lifecycle/exit-on-uncaught.ts';
import { foldSignals } from '#shared/lifecycle/fold-signals.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { buildProgram } from './program.ts';

exitOnUncaught(process);

const { stdout, stderr } = process;
const noColor = process.env['NO_COLOR'] !== undefined && process.env['NO_COLOR'] !== '';

const context: CliContext = {
  environment: process.env,
  cwd: process.cwd(),
  control: {
    onSignal: (handler) => {
      const folded = foldSignals(handler);
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => folded(signal));
    },
    exit: (code) => process.exit(code),
    say: (line) => void stderr.write(line.endsWith('\n') ? line : `${line}\n`),
  },
  write: (text) => void stdout.write(text),
  setExitCode: (code) => {
    process.exitCode = code;
  },
  interactive: stdout.isTTY === true && process.env['CI'] === undefined,
  color: stdout.isTTY === true && !noColor,
};

// A reader that closes the pipe (`penstock runs | head -1`) is no failure.
stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed),
);

try {
  await buildProgram(context).parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  } else {
    const { code, message } = describeError(error);
    context.control.say(`${code}: ${message}`);
    if (process.argv.includes('--json')) context.write(`${JSON.stringify({ error: { code, message } })}\n`);
    process.exitCode = EXIT.failed;
  }
}
