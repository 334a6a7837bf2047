import { type Graph, longestPaths } from './graph.ts';

export interface RunGraphOptions {
  readonly graph: Graph;
  /** At most so many nodes at once. */
  readonly threads: number;
  readonly signal: AbortSignal | undefined;
  /** Runs one node whose reads have all run; whether they went well is the caller's knowledge. It must not throw. */
  readonly run: (name: string) => Promise<void>;
}

/**
 * Runs every node of a graph after all it reads, the longest waiting chain first, so that the whole ends early.
 *
 * After an abort nothing more begins; what runs is awaited.
 */
export async function runGraph(options: RunGraphOptions): Promise<void> {
  const { graph, signal } = options;
  const waitsFor = new Map([...graph].map(([name, reads]) => [name, new Set(reads)]));
  const priority = longestPaths(graph);
  const running = new Map<string, Promise<void>>();
  const waiting = new Set(graph.keys());
  const ready = (): string[] =>
    [...waiting]
      .filter((name) => waitsFor.get(name)?.size === 0)
      .sort((a, b) => (priority.get(b) ?? 0) - (priority.get(a) ?? 0) || (a < b ? -1 : 1));
  const start = (name: string): void => {
    waiting.delete(name);
    const done = options.run(name).then(() => {
      running.delete(name);
      for (const reads of waitsFor.values()) reads.delete(name);
    });
    running.set(name, done);
  };
  while (waiting.size > 0 || running.size > 0) {
    if (!signal?.aborted) for (const name of ready().slice(0, options.threads - running.size)) start(name);
    if (running.size === 0) return;
    await Promise.race(running.values());
  }
}
