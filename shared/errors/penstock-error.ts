/** Who has to act before the work can go on. Alerts route by it. */
export type Actor = 'operator' | 'author' | 'us';

/** `retryable`: the same call may succeed later. `terminal`: it never will. `unknown`: a few attempts, then give up. */
export type Retry = 'retryable' | 'terminal' | 'unknown';

/** Facts an error carries as fields. Never row values, keys or secrets. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** One entry of the error catalogue; `docs/reference/errors.md` is generated from all of them. */
export interface ErrorDefinition {
  /** Stable upper-case code, e.g. `LANDING_OBJECT_EXISTS`. Never reused once retired. */
  readonly code: string;
  readonly retry: Retry;
  readonly actor: Actor;
  /** What happened, in one clause. Facts are appended by {@link PenstockError}. */
  readonly what: string;
  /** What to do now, in one sentence. */
  readonly now: string;
}

/**
 * The only error class the engine throws on purpose.
 *
 * The message reads: what (fact=value, …). What to do now. Retry behaviour is a property of the
 * definition, so no caller guesses it from text.
 */
export class PenstockError extends Error {
  readonly code: string;
  readonly retry: Retry;
  readonly actor: Actor;
  readonly facts: Facts;

  constructor(definition: ErrorDefinition, facts: Facts = {}, options?: { cause?: unknown }) {
    super(messageOf(definition, facts), options);
    this.name = 'PenstockError';
    this.code = definition.code;
    this.retry = definition.retry;
    this.actor = definition.actor;
    this.facts = facts;
  }
}

function messageOf(definition: ErrorDefinition, facts: Facts): string {
  const listed = Object.entries(facts).map(([name, value]) => `${name}=${String(value)}`);
  const detail = listed.length === 0 ? '' : ` (${listed.join(', ')})`;
  return `${definition.what}${detail}. ${definition.now}`;
}

/** True when `error` is a {@link PenstockError} with the given definition. */
export function isError(error: unknown, definition: ErrorDefinition): error is PenstockError {
  return error instanceof PenstockError && error.code === definition.code;
}
