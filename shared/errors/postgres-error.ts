import { defineErrors } from './define-errors.ts';
import { type ErrorDefinition, type Facts, PenstockError } from './penstock-error.ts';
import { stackFrames } from './stack-frames.ts';

/**
 * What a PostgreSQL server, or the way to it, can answer; one classification for ledger, warehouse, source and queue.
 *
 * Source of the rules: appendix "PostgreSQL Error Codes". Classes 08, 53 and 57P0x pass by themselves; 40001, 40P01
 * and 55P03 pass when the transaction is repeated; the rest is the statement's own fault.
 */
export const postgresErrors = defineErrors({
  unavailable: {
    code: 'POSTGRES_UNAVAILABLE',
    retry: 'retryable',
    actor: 'operator',
    what: 'the PostgreSQL server cannot be reached or is shutting down',
    now: 'Check that it runs and accepts connections; the work is repeated.',
  },
  exhausted: {
    code: 'POSTGRES_EXHAUSTED',
    retry: 'retryable',
    actor: 'operator',
    what: 'the PostgreSQL server is out of connections, memory or disk',
    now: 'Free the resource or raise the limit; the work is repeated.',
  },
  conflict: {
    code: 'POSTGRES_CONFLICT',
    retry: 'retryable',
    actor: 'us',
    what: 'the transaction lost to a concurrent one',
    now: 'Repeat the whole transaction.',
  },
  cancelled: {
    code: 'POSTGRES_CANCELLED',
    retry: 'unknown',
    actor: 'operator',
    what: 'the statement ran into a timeout or was cancelled',
    now: 'Look for a lock or a slow statement; raise the timeout if the work is that large.',
  },
  denied: {
    code: 'POSTGRES_DENIED',
    retry: 'terminal',
    actor: 'operator',
    what: 'the PostgreSQL server refused the login or a privilege',
    now: 'Check user, password, database name and grants.',
  },
  constraint: {
    code: 'POSTGRES_CONSTRAINT',
    retry: 'terminal',
    actor: 'us',
    what: 'a constraint refused the write',
    now: 'Look at the constraint; the statement changed nothing.',
  },
  data: {
    code: 'POSTGRES_DATA',
    retry: 'terminal',
    actor: 'author',
    what: 'a value does not fit its type',
    now: 'Look at the column and the contract; values are not shown here.',
  },
  statement: {
    code: 'POSTGRES_STATEMENT',
    retry: 'terminal',
    actor: 'author',
    what: 'the PostgreSQL server refused the statement',
    now: 'Correct the statement or create what it needs.',
  },
  unknown: {
    code: 'POSTGRES_UNKNOWN',
    retry: 'unknown',
    actor: 'us',
    what: 'the PostgreSQL server answered with an error we do not know',
    now: 'Look up the SQLSTATE.',
  },
});

/** The server's answer, as far as it may be passed on. `detail`, `hint` and `where` hold row values and stay behind. */
interface ServerAnswer {
  readonly sqlstate: string;
  readonly message: string;
  readonly constraint: string | undefined;
  readonly table: string | undefined;
  readonly column: string | undefined;
}

/** Prefixes are tried from the longest to the shortest. */
const BY_PREFIX: Readonly<Record<string, ErrorDefinition>> = {
  '08': postgresErrors.unavailable,
  '57P': postgresErrors.unavailable,
  '25006': postgresErrors.unavailable, // read only: a standby, or a primary that was demoted
  '53': postgresErrors.exhausted,
  '40': postgresErrors.conflict,
  '55P03': postgresErrors.conflict,
  '57014': postgresErrors.cancelled,
  '25P': postgresErrors.cancelled, // 25P03, 25P04: the session waited too long inside a transaction
  '28': postgresErrors.denied,
  '3D': postgresErrors.denied,
  '42501': postgresErrors.denied,
  '23': postgresErrors.constraint,
  '22': postgresErrors.data,
  '42': postgresErrors.statement,
  '0A': postgresErrors.statement,
  '2B': postgresErrors.statement,
  '3F': postgresErrors.statement,
  '55': postgresErrors.statement,
};

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);

/** What node-postgres says without a code when a connection is gone or never came. */
const CONNECTION_WORDS =
  /connection terminated|connection ended|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error|not queryable|the database system is/i;

/**
 * Turns whatever node-postgres threw into a {@link PenstockError}; a PenstockError passes unchanged.
 *
 * The facts are `sqlstate`, `constraint`, `table`, `column` and, the server's sentence, of class 42 whole, of others as far as
 * it is known to hold no row value. The original error is not kept as `cause` for the same reason.
 *
 * @param error what was caught.
 * @param facts more facts for the message, e.g. which server it was.
 */
export function toPostgresError(error: unknown, facts: Facts = {}): PenstockError {
  if (error instanceof PenstockError) return error;
  const answer = serverAnswerOf(error);
  if (answer === undefined) return connectionError(error, facts);
  const definition = definitionOf(answer.sqlstate);
  return new PenstockError(definition, { ...facts, ...factsOf(answer) }, { cause: withoutValues(error) });
}

/** SQLSTATE of what node-postgres threw, or of the PenstockError made of it; undefined when the server said none. */
export function sqlstateOf(error: unknown): string | undefined {
  if (error instanceof PenstockError) {
    const { sqlstate } = error.facts;
    return typeof sqlstate === 'string' ? sqlstate : undefined;
  }
  return serverAnswerOf(error)?.sqlstate;
}

/** Name of the constraint that refused a write, where the server named one. */
export function constraintOf(error: unknown): string | undefined {
  if (error instanceof PenstockError) {
    const { constraint } = error.facts;
    return typeof constraint === 'string' ? constraint : undefined;
  }
  return serverAnswerOf(error)?.constraint;
}

function definitionOf(sqlstate: string): ErrorDefinition {
  for (let length = 5; length >= 2; length -= 1) {
    const found = BY_PREFIX[sqlstate.slice(0, length)];
    if (found !== undefined) return found;
  }
  return postgresErrors.unknown;
}

function factsOf(answer: ServerAnswer): Facts {
  return {
    sqlstate: answer.sqlstate,
    ...(answer.constraint === undefined ? {} : { constraint: answer.constraint }),
    ...(answer.table === undefined ? {} : { table: answer.table }),
    ...(answer.column === undefined ? {} : { column: answer.column }),
    ...saidOf(answer),
  };
}

/** Sentences of other classes whose words are the server's own up to the end of the match: no value can be in them. */
const WITHOUT_VALUES = [
  /^division by zero$/,
  /^(smallint|integer|bigint|interval|timestamp|date|date\/time field value) out of range(?=$|:)/,
  /^numeric field overflow$/,
  /^value too long for type (character varying|character|bit varying|bit)\(\d+\)$/,
  /^invalid input syntax for type [a-z ]+(?=$|:)/,
  /^more than one row returned by a subquery used as an expression$/,
  /^cannot execute [A-Z ]+ in a read-only transaction$/,
];

function saidOf({ sqlstate, message }: ServerAnswer): Facts {
  if (sqlstate.startsWith('42')) return { said: message };
  const found = WITHOUT_VALUES.map((words) => words.exec(message)?.[0]).find((said) => said !== undefined);
  return found === undefined ? {} : { said: found };
}

function connectionError(error: unknown, facts: Facts): PenstockError {
  const code = firstCode(error);
  const message = error instanceof Error ? error.message : '';
  const unreachable = SOCKET_CODES.has(code) || CONNECTION_WORDS.test(message);
  const definition = unreachable ? postgresErrors.unavailable : postgresErrors.unknown;
  const named = code === '' ? facts : { ...facts, reason: code };
  return new PenstockError(definition, named, { cause: withoutValues(error) });
}

/** A host with two addresses fails as an AggregateError whose own code may be empty. */
function firstCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return error.errors.map(firstCode).find((code) => code !== '') ?? '';
  return '';
}

function serverAnswerOf(error: unknown): ServerAnswer | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  // A DatabaseError has a severity; a socket error has a code too (EPIPE looks like a SQLSTATE).
  if (!('severity' in error) || !/^[0-9A-Z]{5}$/.test(error.code)) return undefined;
  const field = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  return {
    sqlstate: error.code,
    message: error.message,
    constraint: field('constraint'),
    table: field('table'),
    column: field('column'),
  };
}

/** Keeps where it happened, drops what it said. */
function withoutValues(error: unknown): Error {
  const kept = new Error(
    `${error instanceof Error ? error.name : typeof error} from PostgreSQL (text withheld)`,
  );
  kept.stack = [kept.message, ...stackFrames(error)].join('\n');
  return kept;
}
