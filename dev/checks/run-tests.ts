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

let crashed = false;
try {
  const vitest = await startVitest(filters, { watch: false, run: true, reporters: [detail, reporter] });
  await vitest.close();
} catch (error) {
  console.error(error);
  crashed = true;
}
// The global teardown runs while vitest closes, after its reports, and tells of a failure by the exit code alone.
const broken = crashed || (process.exitCode === 1 && reporter.tally.failed === 0);
const summary = summariseRun(reporter.tally, inCi, broken);
for (const line of summary.lines) console.log(line);
process.exitCode = summary.exitCode;
