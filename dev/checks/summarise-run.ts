import type { Tally } from './tally-reporter.ts';

/** The end of a test run: what is printed last, and the exit code. */
export interface RunSummary {
  readonly lines: readonly string[];
  readonly exitCode: 0 | 1;
}

const howToGet: Readonly<Record<string, string>> = {
  'redis-server':
    'apt-get install redis-server, dnf install redis, apk add redis or brew install redis; it must be on the PATH',
  versitygw:
    'built by the run itself where Go 1.25 or newer is on the PATH and its module proxy can be reached',
  gdb: 'apt-get install gdb, or the like; it must be allowed to attach to other processes (ptrace)',
};

/**
 * Words for a tally. Something missing on the machine is a laptop's business but a CI's failure.
 *
 * @param inCi whether a skipped suite fails the run.
 * @param brokenTeardown whether ending the run itself failed; counted as one failure.
 */
export function summariseRun(tally: Tally, inCi: boolean, brokenTeardown: boolean): RunSummary {
  const missing = [...tally.missing].flatMap(([need, suites]) => [
    `Skipped for want of ${need} (${howToGet[need] ?? 'see README.md'}):`,
    ...suites.map((suite) => `  ${suite}`),
  ]);
  const failed = tally.failed + (brokenTeardown ? 1 : 0) + (inCi ? tally.missing.size : 0);
  // Nothing run is a mistyped filter or a broken set-up, never a success.
  const nothing = tally.passed + failed === 0;
  return {
    lines: [...missing, `${tally.passed} passed, ${failed} failed`],
    exitCode: failed > 0 || nothing ? 1 : 0,
  };
}
