/**
 * Gives on what another generator yields, changed, and returns what it returns. Left early, it ends the other one too.
 *
 * @param change undefined drops the value.
 */
export async function* mapYields<T, U, R>(
  source: AsyncGenerator<T, R, undefined>,
  change: (value: T) => U | undefined,
): AsyncGenerator<U, R, undefined> {
  let step = await source.next();
  try {
    while (!step.done) {
      const changed = change(step.value);
      if (changed !== undefined) yield changed;
      step = await source.next();
    }
    return step.value;
  } finally {
    // Ends it when the loop was left at the yield; does nothing when it has ended by itself.
    if (!step.done) await source.return(undefined as R);
  }
}
