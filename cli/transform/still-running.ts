import type { InvocationEvent, NodeLabel } from '#shared/models/invoke/invocation-event.ts';

const FIRST_MS = 10_000;

/**
 * Says of nodes that take long that they still run, after 10 s, 20 s, 40 s …: a model that runs for an hour should not look like one that
 * hangs. The timers keep no process alive.
 *
 * @param say gets `3 of 40 RUN table gold.x [running for 20s]`.
 */
export function stillRunning(say: (line: string) => void): (event: InvocationEvent) => void {
  const timers = new Map<string, NodeJS.Timeout>();
  const wait = (node: NodeLabel, place: string, waitMs: number, passedMs: number): void => {
    const timer = setTimeout(() => {
      const passed = passedMs + waitMs;
      say(`${place} RUN ${node.noun} ${node.label} [running for ${Math.round(passed / 1_000)}s]`);
      wait(node, place, passed, passed);
    }, waitMs);
    timer.unref();
    timers.set(node.uniqueId, timer);
  };
  return (event) => {
    if (event.type === 'node-started') wait(event.node, `${event.index} of ${event.total}`, FIRST_MS, 0);
    if (event.type === 'node-finished') clearTimeout(timers.get(event.result.uniqueId));
  };
}
