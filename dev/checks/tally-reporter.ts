import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

/** What a run came to. `failed` counts tests, and hooks, files and stray errors that failed without a test of their own. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  /** Skipped because something is missing on this machine: what is missing, then the suites and tests that need it. */
  readonly missing: ReadonlyMap<string, readonly string[]>;
}

/** Counts one vitest run. */
export class TallyReporter implements Reporter {
  #tally: Tally = { passed: 0, failed: 0, missing: new Map() };

  get tally(): Tally {
    return this.#tally;
  }

  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const suites = modules.flatMap((module) => [...module.children.allSuites()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // A suite reports errors of its own hooks; those of its tests are the tests' own.
    const broken = [...modules, ...suites].filter((one) => one.errors().length > 0).length;
    this.#tally = {
      passed: count('passed'),
      failed: count('failed') + broken + strayErrors.length,
      missing: missingOf([...suites, ...tests]),
    };
  }
}

function missingOf(all: readonly (TestSuite | TestCase)[]): Map<string, string[]> {
  const missing = new Map<string, string[]>();
  for (const one of all) {
    const need = /\[needs ([^\]]+)\]/.exec(one.name)?.[1];
    if (need === undefined || !isSkipped(one)) continue;
    missing.set(need, [...(missing.get(need) ?? []), `${one.module.relativeModuleId}: ${one.name}`]);
  }
  return missing;
}

function isSkipped(one: TestSuite | TestCase): boolean {
  return one.type === 'suite' ? one.state() === 'skipped' : one.result().state === 'skipped';
}
