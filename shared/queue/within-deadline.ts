/**
 * Settles as `work` does, or rejects with `late()` after `deadlineMs`. The work itself goes on; its
 * later rejection is swallowed.
 */
export async function withinDeadline<T>(work: Promise<T>, deadlineMs: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), deadlineMs);
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** True if `work` settled, either way, within `deadlineMs`. */
export async function settledWithin(work: Promise<unknown>, deadlineMs: number): Promise<boolean> {
  const settled = work.then(
    () => true,
    () => true,
  );
  return withinDeadline(settled, Math.max(deadlineMs, 0), () => new Error('late')).catch(() => false);
}
