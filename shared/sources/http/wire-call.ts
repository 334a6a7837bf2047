import { type ErrorDefinition, type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import type { Blame, Permit } from './circuit-breaker.ts';
import { Deadline } from './deadline.ts';
import { httpErrors } from './errors.ts';
import type { EndedCall, EndpointKind, Way } from './http-source.ts';
import { toCallError } from './transport-error.ts';

const SHARD_FAILURES: readonly ErrorDefinition[] = [httpErrors.unreachable];
/** Perhaps only this slice: others may be answered at the same time. */
const SLICE_FAILURES: readonly ErrorDefinition[] = [
  httpErrors.serverError,
  httpErrors.timedOut,
  httpErrors.broken,
];

/** What a call is, for limits and reports. */
export interface CallKind {
  readonly kind: EndpointKind;
  readonly way: Way | null;
  /** Shard and endpoint as declared: what every error of the call says. */
  readonly facts: Facts;
}

export interface WireCallOptions extends CallKind {
  readonly shard: string;
  readonly permit: Permit;
  readonly timeoutMs: number;
  /** Of the read the call belongs to. */
  readonly signal: AbortSignal;
  readonly report: (call: EndedCall) => void;
}

/** One call on the wire: its deadline, its bytes, and what it tells breaker and metrics, once. */
export class WireCall {
  readonly #options: WireCallOptions;
  readonly #startedAt = performance.now();
  readonly deadline: Deadline;
  bytes = 0;
  #settled = false;

  constructor(options: WireCallOptions) {
    this.#options = options;
    const { signal, timeoutMs, facts } = options;
    const late = (): Error => new PenstockError(httpErrors.timedOut, { ...facts, timeoutMs });
    this.deadline = new Deadline([signal], timeoutMs, late);
  }

  get signal(): AbortSignal {
    return this.deadline.signal;
  }

  succeeded(): void {
    this.#settle('ok', 'answered');
  }

  /** @returns what to throw for what was caught. */
  failed(error: unknown): unknown {
    const known = toCallError(error, this.#options.facts, this.signal);
    const code = known instanceof PenstockError ? known.code : httpErrors.aborted.code;
    this.#settle(code, this.#options.signal.aborted ? 'abandoned' : (blameOf(code) ?? 'answered'));
    return known;
  }

  /** To be called whatever has happened. A call that neither succeeded nor failed was given up. */
  end(): void {
    this.deadline.clear();
    this.#settle(httpErrors.aborted.code, 'abandoned');
  }

  #settle(outcome: string, meaning: 'answered' | 'abandoned' | Blame): void {
    if (this.#settled) return;
    this.#settled = true;
    const { permit, shard, kind, way, report } = this.#options;
    if (meaning === 'answered') permit.answered();
    else if (meaning === 'abandoned') permit.abandoned();
    else permit.failed(meaning);
    report({
      shard,
      endpoint: kind,
      way,
      outcome,
      ms: performance.now() - this.#startedAt,
      bytes: this.bytes,
    });
  }
}

function blameOf(code: string): Blame | undefined {
  if (SHARD_FAILURES.some((error) => error.code === code)) return 'shard';
  return SLICE_FAILURES.some((error) => error.code === code) ? 'slice' : undefined;
}
