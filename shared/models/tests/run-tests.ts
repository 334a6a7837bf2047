import { type CompileOptions, compileTest } from '../compile/compile-model.ts';
import type { LoadedProject } from '../load/load-project.ts';
import type { TestNumbers, TestSql } from '../model-warehouse.ts';
import type { TestNode } from '../project/project.ts';
import { isVerdict } from './is-verdict.ts';

/** What became of one test. Counts only: no key or value of a row. */
export interface TestResult {
  readonly name: string;
  readonly test: string;
  readonly column: string | null;
  /** `error`: the test itself could not run, which blocks as a failure does. */
  readonly status: 'pass' | 'warn' | 'fail' | 'error';
  readonly blocking: boolean;
  readonly failures: number;
  readonly ms: number;
  /** Code of what went wrong, `''` unless status is `error`. */
  readonly error: string;
  readonly file: string;
  readonly line: number;
}

/** Lends what compiling may need, and takes it back before the test runs. */
export type Lend = <T>(work: (more: Pick<CompileOptions, 'connection'>) => T | Promise<T>) => Promise<T>;

const lendNothing: Lend = async (work) => work({});

/** Runs one test; the test's own trouble is a result, losing the server is not. */
export async function runTest(
  project: LoadedProject,
  test: TestNode,
  options: CompileOptions,
  run: (sql: TestSql) => Promise<TestNumbers>,
  lend: Lend = lendNothing,
): Promise<TestResult> {
  const started = performance.now();
  const { label: name, test: kind, column = null, file, line, config } = test;
  const shared = { name, test: kind, column, file, line };
  try {
    const sql = await lend(async (more) => compileTest(project, test, { ...options, ...more }));
    const numbers = await run({ sql });
    const failed = numbers.error && config.severity === 'error';
    const status = failed ? 'fail' : numbers.warn || numbers.error ? 'warn' : 'pass';
    return { ...shared, status, blocking: failed, failures: numbers.failures, ms: since(started), error: '' };
  } catch (error) {
    if (!isVerdict(error)) throw error;
    const blocking = config.severity === 'error';
    return { ...shared, status: 'error', blocking, failures: 0, ms: since(started), error: error.message };
  }
}

const since = (started: number): number => Math.round(performance.now() - started);
