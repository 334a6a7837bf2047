import type { EndedCall } from './http-source.ts';
import type { EntityCounts, ReadStats } from './read-stats.ts';

/** Counts entities of one day, or of a snapshot. */
export class EntityCounter {
  expected: number | null = null;
  answered = 0;
  gone = 0;
  readonly #missing = new Map<string, number>();

  miss(code: string, count = 1): void {
    this.#missing.set(code, (this.#missing.get(code) ?? 0) + count);
  }

  get missing(): number {
    return [...this.#missing.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The most frequent code; undefined when none is missing. */
  get mostFrequent(): string | undefined {
    return [...this.#missing.entries()].sort(([, a], [, b]) => b - a)[0]?.[0];
  }

  counts(): EntityCounts {
    const { expected, answered, gone } = this;
    return { expected, answered, gone, missing: Object.fromEntries(this.#missing) };
  }
}

/** Gathers what {@link ReadStats} shows. */
export class StatsCollector {
  readonly calls = { coarse: 0, fine: 0, other: 0 };
  retries = 0;
  bytes = 0;
  rows = 0;
  duplicates = 0;
  readonly #errors = new Map<string, number>();
  readonly #days = new Map<string, EntityCounter>();

  ended(call: EndedCall): void {
    this.calls[call.way ?? 'other'] += 1;
    this.bytes += call.bytes;
    if (call.outcome !== 'ok') this.#errors.set(call.outcome, (this.#errors.get(call.outcome) ?? 0) + 1);
  }

  /** @param day empty for a snapshot. */
  entitiesOf(day: string): EntityCounter {
    const counter = this.#days.get(day) ?? new EntityCounter();
    this.#days.set(day, counter);
    return counter;
  }

  stats(): ReadStats {
    const { retries, bytes, rows, duplicates } = this;
    const days = [...this.#days].map(([day, counter]) => [day, counter.counts()] as const);
    return {
      calls: { ...this.calls },
      retries,
      errors: Object.fromEntries(this.#errors),
      bytes,
      rows,
      duplicates,
      entities: sumOf(days.map(([, counts]) => counts)),
      days: Object.fromEntries(days.filter(([day]) => day !== '')),
    };
  }
}

function sumOf(all: readonly EntityCounts[]): EntityCounts {
  const sum = new EntityCounter();
  for (const { expected, answered, gone, missing } of all) {
    if (expected !== null) sum.expected = (sum.expected ?? 0) + expected;
    sum.answered += answered;
    sum.gone += gone;
    for (const [code, count] of Object.entries(missing)) sum.miss(code, count);
  }
  return sum.counts();
}
