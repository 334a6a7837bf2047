import vm from 'node:vm';
import { TemplateFault } from '#shared/template/failures/template-fault.ts';
import type { Budget } from '#shared/template/limits/budget.ts';

/** A pattern that takes longer is given up. Real ones take microseconds. */
const LONGEST_MS = 250;
/** What a slow one costs of a render's steps, so that many of them end it too. */
const STEPS_PER_MS = 1_000;
/** What calling costs, and a pause of the process. */
const FREE_MS = 5;

let sandbox: vm.Context | undefined;
const script = new vm.Script('work()');

/**
 * Runs what may take exponential time, a match of an untrusted pattern, and stops it after a quarter of a second. Only for
 * work that holds nothing open: it may end at any instruction.
 *
 * @throws TemplateFault `limit` when it took longer.
 */
export function boundedTime<T>(budget: Budget, work: () => T): T {
  const from = performance.now();
  const value = withTimeout(work);
  const ms = performance.now() - from;
  if (ms > FREE_MS) budget.step(Math.trunc(ms * STEPS_PER_MS));
  return value;
}

function withTimeout<T>(work: () => T): T {
  sandbox ??= vm.createContext({ __proto__: null });
  const done: { value?: T } = {};
  sandbox['work'] = () => {
    done.value = work();
  };
  try {
    script.runInContext(sandbox, { timeout: LONGEST_MS });
  } catch (error) {
    if (isTimeout(error)) throw new TemplateFault('limit', 're: the pattern takes too long on this text');
    throw error;
  } finally {
    sandbox['work'] = undefined;
  }
  return done.value as T;
}

/** It is an Error of the other realm. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
