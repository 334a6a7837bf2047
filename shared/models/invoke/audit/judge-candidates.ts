import { type Graph, reachable, reversed } from '../../dag/graph.ts';
import type { NodeResult } from '../node-result.ts';

/** What a test says of what it reads. */
export interface JudgingTest {
  readonly id: string;
  /** What it is declared on; undefined for a test that is declared on nothing. */
  readonly subject: string | undefined;
}

export interface JudgedBuild {
  /** For each node those before it, tests among them. */
  readonly graph: Graph;
  /** Unique ids of what was to be built aside. */
  readonly aside: readonly string[];
  readonly tests: readonly JudgingTest[];
  readonly results: readonly NodeResult[];
}

/** What becomes of candidates, by unique id; reasons are for people. */
export interface Judgement {
  readonly passed: readonly string[];
  /** Built, and refused by a test, or never tested. */
  readonly blocked: ReadonlyMap<string, string>;
  /** Built, and sound for all one knows, but they hang below one that is not published. */
  readonly below: ReadonlyMap<string, string>;
}

const STANDS = ['pass', 'warn'];

/**
 * Tells which candidates may become public: those that were built, whose every test passed, and that hang below no other one
 * that is not. A test that did not run says nothing good: what it is of is held back too.
 *
 * A test judges what it is declared on if that is a candidate, else every candidate it reads.
 */
export function judgeCandidates({ graph, aside, tests, results }: JudgedBuild): Judgement {
  const statusOf = new Map(results.map(({ uniqueId, status }) => [uniqueId, status]));
  const candidates = new Set(aside.filter((id) => statusOf.get(id) === 'success'));
  const blocked = new Map<string, string>();
  for (const id of aside)
    if (statusOf.get(id) === 'partial success') blocked.set(id, 'some of its batches failed');
  for (const { id, subject } of tests) {
    const status = statusOf.get(id) ?? 'skipped';
    if (STANDS.includes(status)) continue;
    const reads = (graph.get(id) ?? []).filter((read) => candidates.has(read));
    const isOf = subject !== undefined && candidates.has(subject);
    // Of what is no candidate, its test was never going to run.
    const judged = isOf ? [subject] : subject !== undefined && status === 'skipped' ? [] : reads;
    const reason = `${id} ${status === 'skipped' ? 'did not run' : 'failed'}`;
    for (const candidate of judged) if (!blocked.has(candidate)) blocked.set(candidate, reason);
  }
  const below = new Map<string, string>();
  const readers = reversed(graph);
  for (const stopped of blocked.keys()) {
    for (const id of reachable(readers, [stopped])) {
      if (candidates.has(id) && !blocked.has(id) && !below.has(id)) below.set(id, `${stopped} is not`);
    }
  }
  const passed = aside.filter((id) => candidates.has(id) && !blocked.has(id) && !below.has(id));
  return { passed, blocked, below };
}
