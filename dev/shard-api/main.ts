import { describeError } from '#shared/telemetry/describe-error.ts';
import { HELP, parseFlags, type ShardApiFlags } from './parse-flags.ts';
import { sourceEnvironment } from './source-environment.ts';
import { type ShardApi, startShardApi } from './start.ts';

const EXIT_USAGE = 2;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function sayError(error: unknown): void {
  const { code, message } = describeError(error);
  say(`${code}: ${message}`);
}

function flagsOrUsage(): ShardApiFlags | undefined {
  try {
    const flags = parseFlags(process.argv.slice(2));
    if (flags === undefined) process.stdout.write(HELP);
    return flags;
  } catch (error) {
    say(`${(error as Error).message}\n\n${HELP}`);
    process.exitCode = EXIT_USAGE;
    return undefined;
  }
}

/** Settles at the first signal, or when standard input ends. */
function untilEnded({ untilStdinEnds }: ShardApiFlags): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => resolve());
    if (!untilStdinEnds) return;
    process.stdin.once('end', resolve).once('error', resolve).resume();
  });
}

function readAgainOnHangup(api: ShardApi, { options: { scenario } }: ShardApiFlags): void {
  process.on('SIGHUP', () => {
    if (scenario !== undefined) api.scenario.set(scenario).then(() => say('scenario read again'), sayError);
  });
}

async function serve(flags: ShardApiFlags): Promise<void> {
  const ended = untilEnded(flags);
  const api = await startShardApi(flags.options);
  readAgainOnHangup(api, flags);
  if (flags.warm !== undefined) say(`${api.warm(flags.warm)} pages are rendered`);
  for (const [name, value] of Object.entries(sourceEnvironment(api.shards))) print(`${name}=${value}`);
  await ended;
  await api.stop();
  process.stdin.pause();
  for (const line of api.counters.list()) print(JSON.stringify(line));
}

const flags = flagsOrUsage();
if (flags !== undefined) {
  await serve(flags).catch((error: unknown) => {
    sayError(error);
    process.exitCode = 1;
  });
}
