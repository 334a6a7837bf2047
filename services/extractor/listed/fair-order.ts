import type { HttpStreamDeclaration } from '#shared/pipeline/http-declaration.ts';

/** A task and the calls it is expected to take. */
export interface CostedTask {
  readonly stream: string;
  readonly slice: string;
  readonly calls: number;
}

/** A task with its place in the order: smaller goes first. */
export interface TaggedTask extends CostedTask {
  readonly tag: number;
}

/**
 * Weighted fair queueing over the slices of a shard, all of weight 1 and all backlogged from the start: a task's tag is the
 * virtual time at which it would finish if every slice were served at the same rate, which is the sum of its slice's calls up
 * to and with it. A slice of 10,000 entities so waits behind those of ten, and delays none of them.
 *
 * Source: A. Demers, S. Keshav, S. Shenker, "Analysis and Simulation of a Fair Queueing Algorithm", SIGCOMM 1989.
 */
export function inFairOrder(tasks: readonly CostedTask[]): TaggedTask[] {
  const served = new Map<string, number>();
  const cheapestFirst = [...tasks].sort((a, b) => a.calls - b.calls || compare(a.stream, b.stream));
  const tagged = cheapestFirst.map((task) => {
    const tag = (served.get(task.slice) ?? 0) + task.calls;
    served.set(task.slice, tag);
    return { ...task, tag };
  });
  return tagged.sort((a, b) => a.tag - b.tag || compare(a.slice, b.slice) || compare(a.stream, b.stream));
}

const compare = (a: string, b: string): number => Number(a > b) - Number(a < b);

/** A first guess of a slice's calls, from how many entities its listing says it has. */
export function expectedCalls(stream: HttpStreamDeclaration, entities: number | null): number {
  const page = (stream.kind === 'snapshot' ? stream.endpoint : stream.coarse).page?.limit ?? 1;
  return 1 + Math.floor((entities ?? 0) / page);
}
