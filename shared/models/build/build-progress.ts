import { type Graph, reachable, reversed } from '../dag/graph.ts';
import type { TestNode } from '../project/project.ts';
import type { TestResult } from '../tests/run-tests.ts';

/** Where one model stands while a build runs. */
export interface ModelProgress {
  /**
   * - `candidate`: built aside, waiting for publication. `merged`: written in place and audited.
   * - `failed`, `blocked`, `skipped`: will not be published; what hangs below it neither.
   */
  readonly state: 'waiting' | 'candidate' | 'merged' | 'failed' | 'blocked' | 'skipped';
  readonly reason: string;
  readonly rows: number | null;
  /** When its build began, ISO 8601; null while it has not. */
  readonly startedAt: string | null;
  readonly ms: number;
}

const WAITING: ModelProgress = { state: 'waiting', reason: '', rows: null, startedAt: null, ms: 0 };

/** What has become of the models of one build so far. */
export class BuildProgress {
  readonly #graph: Graph;
  readonly #models = new Map<string, ModelProgress>();
  readonly #candidates = new Set<string>();
  readonly #tests = new Map<string, TestResult[]>();
  /** First error that says nothing about the models: the whole build is to be repeated. */
  interruption: unknown;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  of(model: string): ModelProgress {
    return this.#models.get(model) ?? WAITING;
  }

  set(model: string, progress: Partial<ModelProgress> & Pick<ModelProgress, 'state'>): void {
    if (progress.state === 'candidate') this.#candidates.add(model);
    this.#models.set(model, { ...this.of(model), ...progress });
  }

  /** Its candidate stands in the warehouse, whatever the tests said of it. */
  hasCandidate(model: string): boolean {
    return this.#candidates.has(model);
  }

  testsOf(model: string): readonly TestResult[] {
    return this.#tests.get(model) ?? [];
  }

  /** Files a result under the models it judges; a blocking one keeps them, and what hangs below, from readers. */
  judge(models: readonly string[], result: TestResult): void {
    for (const model of models) {
      this.#tests.set(model, [...this.testsOf(model), result]);
      if (!result.blocking) continue;
      const { state } = this.of(model);
      if (state !== 'failed' && state !== 'skipped')
        this.set(model, { state: 'blocked', reason: `test ${result.name}` });
    }
  }

  /** The model above `model` that stands in its way, undefined when none does. */
  obstacleAbove(model: string): string | undefined {
    return [...reachable(this.#graph, [model])].sort().find((name) => isStopped(this.of(name).state));
  }

  /** Skips candidates whose obstacle only showed after they were built. */
  skipBelowStopped(): string[] {
    const stopped = [...this.#graph.keys()].filter((name) => isStopped(this.of(name).state));
    const below = [...reachable(reversed(this.#graph), stopped)];
    const late = below.filter((name) => this.of(name).state === 'candidate');
    for (const name of late) {
      this.set(name, { state: 'skipped', reason: `above it: ${this.obstacleAbove(name) ?? ''}` });
    }
    return late;
  }
}

const isStopped = (state: ModelProgress['state']): boolean =>
  state === 'failed' || state === 'blocked' || state === 'skipped';

/**
 * Models a test judges: the one it is declared on if that is being built, else everything being built that it reads.
 */
export function judgedBy(test: TestNode, isBuilt: (model: string) => boolean): string[] {
  if (test.subject?.kind === 'ref' && isBuilt(test.subject.name)) return [test.subject.name];
  return test.refs.filter(isBuilt);
}
