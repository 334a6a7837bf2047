import { startVitest } from 'vitest/node';
import { summariseRun } from './summarise-run.ts';
import { TallyReporter } from './tally-reporter.ts';

/*
 * `npm test [-- <file filter>…]`: every vitest project once. The last line is `N passed, N failed`.
 */
const reporter = new TallyReporter();
const inCi = process.env['CI'] === 'true';
const detail = inCi || !process.stdout.isTTY ? 'dot' : 'default';
const filters = process.argv.slice(2);

let broken = false;
try {
  const vitest = await startVitest(filters, { watch: false, run: true, reporters: [detail, reporter] });
  process.exitCode = 0;
  await vitest.close();
  // Closing runs the global teardown, which reports its failure by the exit code alone.
  broken = process.exitCode !== 0;
} catch (error) {
  console.error(error);
  broken = true;
}
const summary = summariseRun(reporter.tally, inCi, broken);
for (const line of summary.lines) console.log(line);
process.exitCode = summary.exitCode;
