/**
 * Settles as `work` does, or rejects with the signal's reason as soon as it aborts. The work itself goes on; its later
 * rejection is swallowed.
 *
 * @param late gets what the work gives after the signal has won, to release it.
 */
export function raceSignal<T>(
  work: Promise<T>,
  signal: AbortSignal,
  late: (value: T) => void = () => undefined,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    let lost = signal.aborted;
    const abort = (): void => {
      lost = true;
      reject(signal.reason);
    };
    if (lost) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(
      (value) => {
        signal.removeEventListener('abort', abort);
        if (lost) late(value);
        else resolve(value);
      },
      (error: unknown) => {
        signal.removeEventListener('abort', abort);
        reject(error);
      },
    );
  });
}
