import type { SchedulerDeps } from './scheduler-deps.ts';

/**
 * Does something to each item; one that fails is logged and keeps none of the others from its turn.
 *
 * @param what of an item may stand in the log: ids and names.
 * @returns the items that succeeded.
 */
export async function eachAlone<T>(
  { log }: Pick<SchedulerDeps, 'log'>,
  items: readonly T[],
  what: (item: T) => Readonly<Record<string, string>>,
  work: (item: T) => Promise<unknown>,
): Promise<T[]> {
  const done: T[] = [];
  for (const item of items) {
    try {
      await work(item);
      done.push(item);
    } catch (err) {
      log.warn({ err, ...what(item) }, 'could not be mended; the next pass tries again');
    }
  }
  return done;
}
