import { type Graph, longestPaths, reversed } from './graph.ts';

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
  const { graph, signal, threads } = options;
  const waiting = new Waiting(graph);
  const running = new Map<string, Promise<void>>();
  for (;;) {
    while (!signal?.aborted && running.size < threads) {
      const name = waiting.take();
      if (name === undefined) break;
      const done = options.run(name).then(() => {
        running.delete(name);
        waiting.done(name);
      });
      running.set(name, done);
    }
    if (running.size === 0) return;
    await Promise.race(running.values());
  }
}

/** Nodes that have not begun: each with how many of its reads are still to come. */
class Waiting {
  readonly #left = new Map<string, number>();
  readonly #readers: ReadonlyMap<string, readonly string[]>;
  readonly #priority: ReadonlyMap<string, number>;
  /** Next to run is last. */
  readonly #ready: string[] = [];

  constructor(graph: Graph) {
    this.#priority = longestPaths(graph);
    const unique = new Map([...graph].map(([name, reads]) => [name, [...new Set(reads)]]));
    this.#readers = reversed(unique);
    for (const [name, reads] of unique) this.#left.set(name, reads.length);
    for (const [name, left] of this.#left) if (left === 0) this.#ready.push(name);
    this.#ready.sort((a, b) => this.#compare(b, a));
  }

  take(): string | undefined {
    return this.#ready.pop();
  }

  done(name: string): void {
    for (const reader of this.#readers.get(name) ?? []) {
      const left = (this.#left.get(reader) ?? 0) - 1;
      this.#left.set(reader, left);
      if (left === 0) this.#insert(reader);
    }
  }

  /** Negative when `a` runs first. */
  #compare(a: string, b: string): number {
    return (this.#priority.get(b) ?? 0) - (this.#priority.get(a) ?? 0) || (a < b ? -1 : 1);
  }

  #insert(name: string): void {
    let [low, high] = [0, this.#ready.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(this.#ready[middle] ?? '', name) > 0) low = middle + 1;
      else high = middle;
    }
    this.#ready.splice(low, 0, name);
  }
}
