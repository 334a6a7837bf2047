import { type Dispatcher, Pool } from 'undici';
import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import { CuttableConnector } from './cuttable-connector.ts';
import { httpErrors } from './errors.ts';
import { raceSignal } from './race-signal.ts';
import { retryAfterMs } from './retry-delay.ts';
import { toCallError } from './transport-error.ts';

/** How much of an answer nobody wants is read so that its connection can be used again. */
const DISCARD_BYTES = 16 * 1024;
const MAX_CONNECT_MS = 5_000;

export interface TransportOptions {
  readonly origin: string;
  readonly connections: number;
  readonly requestTimeoutMs: number;
  readonly userAgent: string;
}

export interface WireRequest {
  readonly method: 'GET' | 'POST';
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Status and body of an answer, and what of its headers matters, already read. */
export interface Answer {
  readonly status: number;
  readonly retryAfterMs: number | null;
  /** It says that it is JSON in UTF-8, plain or gzip. */
  readonly isJson: boolean;
  readonly isGzip: boolean;
  /** As declared; null when it is not. */
  readonly lengthBytes: number | null;
  /** To be read whole, destroyed, or given to {@link Transport.discard}. */
  readonly body: Dispatcher.ResponseData['body'];
}

/** Keep-alive connections to one shard. Follows no redirect, repeats nothing and stores nothing. */
export class Transport {
  readonly #pool: Pool;
  readonly #userAgent: string;
  readonly #connector: CuttableConnector;

  constructor({ origin, connections, requestTimeoutMs, userAgent }: TransportOptions) {
    this.#userAgent = userAgent;
    // Sooner than the call's own time is over: then it is known that nobody would have been served.
    this.#connector = new CuttableConnector(Math.min(MAX_CONNECT_MS, requestTimeoutMs / 2));
    this.#pool = new Pool(origin, {
      connections,
      pipelining: 1,
      connect: this.#connector.connect,
      // Connections are what is counted and limited here; an HTTP/2 session, which carries many calls, would not be.
      allowH2: false,
      // One deadline over headers and body together stands in the caller's signal.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  /**
   * Sends a request and waits for the head of the answer.
   *
   * @throws the signal's reason once it aborts, at once; PenstockError HTTP_UNREACHABLE, HTTP_CONNECTION_BROKEN.
   */
  async send(request: WireRequest, facts: Facts, signal: AbortSignal): Promise<Answer> {
    const { method, path, body } = request;
    const headers = {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': this.#userAgent,
      ...request.headers,
    };
    try {
      // A call that still waits for its connection would not notice the signal before it has one.
      const sent = this.#pool.request({ method, path, headers, body: body ?? null, signal });
      return answerOf(
        await raceSignal(sent, signal, (late) => late.body.destroy().on('error', () => undefined)),
      );
    } catch (error) {
      throw toCallError(error, facts, signal);
    }
  }

  /** Reads an unwanted body away, if it is short, so that the connection stays. Never throws but the signal's reason. */
  async discard(answer: Answer, signal: AbortSignal): Promise<void> {
    await answer.body.dump({ limit: DISCARD_BYTES, signal }).catch(() => undefined);
  }

  /** Cuts all connections; calls on their way end with HTTP_SOURCE_CLOSED. */
  async close(): Promise<void> {
    const closed = this.#pool.destroy(new PenstockError(httpErrors.closed));
    this.#connector.cut();
    await closed;
  }
}

function answerOf({ statusCode, headers, body }: Dispatcher.ResponseData): Answer {
  const encoding = textOf(headers['content-encoding']).toLowerCase();
  const length = textOf(headers['content-length']);
  return {
    status: statusCode,
    retryAfterMs: retryAfterMs(headers['retry-after'], Date.now()),
    isJson: saysJson(textOf(headers['content-type'])) && ['', 'identity', 'gzip'].includes(encoding),
    isGzip: encoding === 'gzip',
    lengthBytes: /^\d{1,15}$/.test(length) ? Number(length) : null,
    body,
  };
}

function textOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header.trim() : '';
}

function saysJson(contentType: string): boolean {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  if (!/^application\/([a-z0-9.+-]+\+)?json$/.test(type.trim())) return false;
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  return charset === undefined || /^charset="?utf-?8"?$/.test(charset);
}
