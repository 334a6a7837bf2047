/** A value that is there, or will be. Nothing turns into a promise unless the host made it wait. */
export type Wait<T> = T | Promise<T>;

/** Goes on with `next` at once when the value is there, later when it is not. */
export function after<T, R>(value: Wait<T>, next: (value: T) => Wait<R>): Wait<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/**
 * Runs `step` until it answers false. Stays on the stack as long as no step waits, so a long loop costs neither
 * promises nor recursion.
 */
export function repeat(step: () => Wait<boolean>): Wait<void> {
  for (;;) {
    const more = step();
    if (more instanceof Promise) return repeatLater(step, more);
    if (!more) return;
  }
}

async function repeatLater(step: () => Wait<boolean>, first: Promise<boolean>): Promise<void> {
  let more = await first;
  while (more) more = await step();
}

/** Applies `make` to each item in order, the next only when the one before is there. */
export function mapInOrder<T, R>(items: Iterable<T>, make: (item: T) => Wait<R>): Wait<R[]> {
  const made: R[] = [];
  const iterator = items[Symbol.iterator]();
  const done = repeat(() => {
    const next = iterator.next();
    if (next.done === true) return false;
    return after(make(next.value), (result) => {
      made.push(result);
      return true;
    });
  });
  return after(done, () => made);
}
