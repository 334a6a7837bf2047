/** What went wrong at an S3 server or on the way to it. Each adapter says what it means there. */
export type S3FaultKind =
  /** No such key, or no such upload. */
  | 'missing'
  /** A precondition (If-Match, If-None-Match) did not hold. */
  | 'precondition'
  | 'no-bucket'
  /** A key is a folder of another one, at servers that keep objects in folders. */
  | 'clash'
  /** Key, secret, policy, region or clock. */
  | 'denied'
  /** Asks for a pause, or lost to a concurrent call. */
  | 'busy'
  /** Bytes that arrived are not those that were sent. */
  | 'damaged'
  | 'full'
  | 'unreachable'
  | 'unknown';

/** A fault without the server's sentence, which may hold keys and parts of secrets. */
export interface S3Fault {
  readonly kind: S3FaultKind;
  /** The server's or the system's code, e.g. `SlowDown`, `ECONNREFUSED`. */
  readonly code: string;
  /** Of the HTTP answer; undefined when there was none. */
  readonly status: number | undefined;
}

const BY_CODE: Readonly<Record<string, S3FaultKind>> = {
  NoSuchKey: 'missing',
  NoSuchUpload: 'missing',
  NoSuchVersion: 'missing',
  NotFound: 'missing',
  PreconditionFailed: 'precondition',
  NoSuchBucket: 'no-bucket',
  ObjectParentIsFile: 'clash',
  ExistingObjectIsDirectory: 'clash',
  XMinioParentIsObject: 'clash',
  AccessDenied: 'denied',
  InvalidAccessKeyId: 'denied',
  SignatureDoesNotMatch: 'denied',
  ExpiredToken: 'denied',
  InvalidToken: 'denied',
  XAdminUserNotFound: 'denied',
  RequestTimeTooSkewed: 'denied',
  PermanentRedirect: 'denied',
  AuthorizationHeaderMalformed: 'denied',
  CredentialsProviderError: 'denied',
  SlowDown: 'busy',
  TooManyRequests: 'busy',
  ServiceUnavailable: 'busy',
  OperationAborted: 'busy',
  ConditionalRequestConflict: 'busy',
  BadDigest: 'damaged',
  InvalidDigest: 'damaged',
  IncompleteBody: 'damaged',
  XAmzContentSHA256Mismatch: 'damaged',
  XAmzContentChecksumMismatch: 'damaged',
  InvalidPart: 'damaged',
  QuotaExceeded: 'full',
  XMinioStorageFull: 'full',
  InsufficientCapacity: 'full',
  RequestTimeout: 'unreachable',
  TimeoutError: 'unreachable',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  ECONNABORTED: 'unreachable',
  EPIPE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
};

const BY_STATUS: Readonly<Record<number, S3FaultKind>> = {
  301: 'denied',
  401: 'denied',
  403: 'denied',
  404: 'missing',
  409: 'busy',
  412: 'precondition',
  429: 'busy',
  503: 'busy',
  507: 'full',
};

/** What the SDK calls an answer without a body, as those to HEAD. */
const WITHOUT_CODE = 'UnknownError';

/** Classifies what a call of the SDK threw, by code first, then by status; undefined for what is neither's. */
export function s3FaultOf(error: unknown): S3Fault | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = statusOf(error);
  const codes = [textOf(error, 'Code'), textOf(error, 'code'), error.name, innerCodeOf(error)];
  const known = codes.find((code) => BY_CODE[code] !== undefined);
  if (known === undefined && status === undefined) return undefined;
  const code = known ?? speakable(codes);
  return { kind: BY_CODE[code] ?? kindOfStatus(status ?? 0, code), code, status };
}

function kindOfStatus(status: number, code: string): S3FaultKind {
  // Something else is missing than what was asked for, if the answer says so in words of its own.
  if (status === 404 && code !== WITHOUT_CODE) return 'unknown';
  return BY_STATUS[status] ?? (status >= 500 ? 'unreachable' : 'unknown');
}

function statusOf(error: Error): number | undefined {
  const metadata: unknown = Reflect.get(error, '$metadata');
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

/** A host with two addresses fails as an AggregateError whose own code may be empty. */
function innerCodeOf(error: Error): string {
  const inner: unknown = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner instanceof Error ? textOf(inner, 'code') : '';
}

function textOf(error: Error, name: string): string {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : '';
}

/** A code is one word; anything else a server says in its place is not repeated. */
const speakable = (codes: readonly string[]): string =>
  codes.find((code) => /^[A-Za-z0-9]{2,64}$/.test(code)) ?? 'Unknown';
