/**
 * Under `npm run` one Ctrl-C comes from the terminal, from npm and from the bootstrap, within milliseconds. What follows a
 * signal more closely than this is that same Ctrl-C; nobody presses twice so fast.
 */
export const ONE_SIGNAL_MS = 250;

/**
 * Folds signals that come all but at once into their first.
 *
 * @param handler gets the first of each bunch.
 * @param now monotonic milliseconds.
 * @returns what to install for every signal.
 */
export function foldSignals(
  handler: (signal: string) => void,
  now: () => number = () => performance.now(),
): (signal: string) => void {
  let firstAt = Number.NEGATIVE_INFINITY;
  return (signal) => {
    const at = now();
    if (at - firstAt < ONE_SIGNAL_MS) return;

    firstAt = at;
    handler(signal);
  };
}
