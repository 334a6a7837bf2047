import type { Graph } from '../dag/graph.ts';
import { runGraph } from '../dag/run-graph.ts';
import { errorOutcome } from './error-outcome.ts';
import type { OnEvent } from './invocation-event.ts';
import { labelOf } from './label-work.ts';
import { isFailure, type NodeOutcome, type NodeResult, type Timing } from './node-result.ts';
import type { Work } from './work.ts';

export interface RunWorkOptions {
  /** What is to run, by id. */
  readonly works: ReadonlyMap<string, Work>;
  /** For each of them those that come before. */
  readonly graph: Graph;
  readonly threads: number;
  readonly failFast: boolean;
  /** Whether what hangs below this result is skipped. */
  readonly holdsBack: (result: NodeResult) => boolean;
  readonly run: (work: Work, signal: AbortSignal) => Promise<NodeOutcome>;
  /** What is known of a node before its turn: it is not run, nor skipped. */
  readonly knownOf?: (work: Work) => NodeOutcome | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onEvent: OnEvent;
}

/**
 * Runs nodes in order with threads, and gives a result for every one of them, in the order they ended.
 *
 * What hangs below a node that failed is skipped; the rest goes on, unless `failFast`. After an abort the running SQL is cancelled on
 * the server, and everything that did not end by itself is a skipped result.
 */
export async function runWork(options: RunWorkOptions): Promise<NodeResult[]> {
  const running = new RunningWork(options);
  await runGraph({
    graph: options.graph,
    threads: options.threads,
    signal: running.signal,
    run: (id) => running.take(id),
  });
  running.skipTheRest();
  return running.results;
}

const FAIL_FAST = 'Skipping due to fail_fast';
const CANCELLED = 'Skipping due to cancellation';

class RunningWork {
  readonly results: NodeResult[] = [];
  readonly signal: AbortSignal;
  readonly #options: RunWorkOptions;
  readonly #stop = new AbortController();
  readonly #heldBack = new Map<string, string>();
  readonly #done = new Set<string>();
  readonly #freeThreads: number[];
  #started = 0;

  constructor(options: RunWorkOptions) {
    this.#options = options;
    this.signal = options.signal ? AbortSignal.any([options.signal, this.#stop.signal]) : this.#stop.signal;
    this.#freeThreads = Array.from({ length: options.threads }, (_, index) => index + 1);
  }

  /** Runs one node, or skips it; never throws. */
  async take(id: string): Promise<void> {
    const work = this.#options.works.get(id);
    if (work === undefined) return;
    const known = this.#options.knownOf?.(work);
    if (known !== undefined) return this.#finish(work, known, 0);
    const cause = this.#causeToSkip(id);
    if (cause !== undefined) return this.#finish(work, skipped(cause), 0);
    const index = this.#next();
    const thread = this.#freeThreads.shift() ?? 1;
    const { onEvent, works } = this.#options;
    onEvent({ type: 'node-started', node: labelOf(work), index, total: works.size });
    const began = performance.now();
    const startedAt = new Date().toISOString();
    const outcome = await this.#outcomeOf(work);
    const timing: Timing[] = [{ name: 'execute', startedAt, completedAt: new Date().toISOString() }];
    this.#freeThreads.unshift(thread);
    this.#finish(work, { timing, ...outcome }, performance.now() - began, thread, index);
  }

  skipTheRest(): void {
    const why = this.#whyStopped();
    for (const work of this.#options.works.values()) {
      if (!this.#done.has(work.id)) this.#finish(work, skipped(why), 0);
    }
  }

  async #outcomeOf(work: Work): Promise<NodeOutcome> {
    const outcome = await this.#options.run(work, this.signal).catch(errorOutcome);
    const stopped = this.signal.aborted && outcome.status === 'error';
    return stopped ? { ...outcome, status: 'skipped', message: this.#whyStopped() } : outcome;
  }

  #whyStopped(): string {
    return this.#options.signal?.aborted ? CANCELLED : FAIL_FAST;
  }

  #causeToSkip(id: string): string | undefined {
    const before = this.#options.graph.get(id) ?? [];
    const because = before.find((read) => this.#heldBack.has(read));
    return because === undefined ? undefined : this.#heldBack.get(because);
  }

  #next(): number {
    this.#started += 1;
    return this.#started;
  }

  #finish(work: Work, outcome: NodeOutcome, executionMs: number, thread = 1, index = this.#next()): void {
    const { works, onEvent, failFast, holdsBack } = this.#options;
    const result: NodeResult = {
      ...labelOf(work),
      ...outcome,
      timing: outcome.timing ?? [],
      threadId: `Thread-${thread}`,
      executionMs,
    };
    this.#done.add(work.id);
    this.results.push(result);
    if (holdsBack(result)) this.#heldBack.set(work.id, causeOf(result, this.#causeToSkip(work.id)));
    onEvent({ type: 'node-finished', result, index, total: works.size });
    if (failFast && isFailure(result)) this.#stop.abort();
  }
}

/** The first cause is named all the way down. */
const causeOf = ({ status, uniqueId }: NodeResult, earlier: string | undefined): string =>
  earlier ?? `Skipping due to upstream ${status === 'fail' ? 'failure' : 'error'} in ${uniqueId}`;

const skipped = (message: string): NodeOutcome => ({
  status: 'skipped',
  message,
  failures: null,
  rowsAffected: null,
  compiledCode: null,
});
