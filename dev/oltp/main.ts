import { describeError } from '#shared/telemetry/describe-error.ts';
import { createOltpSchema, fillOltp } from './fill.ts';
import { type FillFlags, HELP, parseFlags } from './parse-flags.ts';

const EXIT_USAGE = 2;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

function flagsOrUsage(): FillFlags | undefined {
  try {
    const flags = parseFlags(process.argv.slice(2), new Date().toISOString().slice(0, 10));
    if (flags === undefined) process.stdout.write(HELP);
    return flags;
  } catch (error) {
    say(`${(error as Error).message}\n\n${HELP}`);
    process.exitCode = EXIT_USAGE;
    return undefined;
  }
}

async function fill(flags: FillFlags): Promise<void> {
  const startedMs = performance.now();
  try {
    await createOltpSchema(flags.url);
    const { companies, installments } = await fillOltp(flags.url, flags);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    process.stdout.write(`${companies} companies, ${installments} instalments in ${seconds} s\n`);
  } catch (error) {
    const { code, message } = describeError(error);
    const filled = code === '23505' ? ': the tables hold rows already' : '';
    say(`${code}: ${message}${filled}`);
    process.exitCode = 1;
  }
}

const flags = flagsOrUsage();
if (flags !== undefined) await fill(flags);
