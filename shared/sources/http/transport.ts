import { Pool } from 'undici';
import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import type { Answer, StreamedAnswer, TakeWhole } from './answer.ts';
import { CuttableConnector } from './cuttable-connector.ts';
import { httpErrors } from './errors.ts';
import { Exchange } from './exchange.ts';
import { ReceiveMemory } from './receive-memory.ts';
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

/** Keep-alive connections to one shard. Follows no redirect, repeats nothing and stores nothing. */
export class Transport {
  readonly #pool: Pool;
  readonly #userAgent: string;
  readonly #connector: CuttableConnector;
  readonly #memory = new ReceiveMemory();

  constructor({ origin, connections, requestTimeoutMs, userAgent }: TransportOptions) {
    this.#userAgent = userAgent;
    // Sooner than the call's own time is over: then it is known that nobody would have been served.
    this.#connector = new CuttableConnector(Math.min(MAX_CONNECT_MS, requestTimeoutMs / 2), this.#memory);
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
   * Sends a request and waits for the head of the answer, or for all of it where its body is taken in whole.
   *
   * @param takeWhole default: of no answer.
   * @throws the signal's reason once it aborts, at once; PenstockError HTTP_UNREACHABLE, HTTP_CONNECTION_BROKEN.
   */
  async send(request: WireRequest, facts: Facts, signal: AbortSignal): Promise<StreamedAnswer>;
  async send(request: WireRequest, facts: Facts, signal: AbortSignal, takeWhole: TakeWhole): Promise<Answer>;
  async send(
    request: WireRequest,
    facts: Facts,
    signal: AbortSignal,
    takeWhole: TakeWhole = takeNone,
  ): Promise<Answer> {
    const { method, path, body = null } = request;
    const headers = {
      accept: 'application/json',
      'accept-encoding': 'gzip',
      'user-agent': this.#userAgent,
      ...request.headers,
    };
    try {
      const exchange = new Exchange({ signal, takeWhole, copied: (piece) => this.#memory.copied(piece) });
      this.#pool.dispatch({ method, path, headers, body }, exchange);
      return await exchange.answer;
    } catch (error) {
      throw toCallError(error, facts, signal);
    }
  }

  /** Reads an unwanted body away, if it is short, so that the connection stays. Never throws. */
  async discard({ body }: StreamedAnswer): Promise<void> {
    let bytes = 0;
    try {
      // Leaving the loop early destroys the body, and with it the connection.
      for await (const piece of body) {
        bytes += (piece as Buffer).length;
        if (bytes > DISCARD_BYTES) return;
      }
    } catch {
      // What is unwanted may break off.
    }
  }

  /** Cuts all connections; calls on their way end with HTTP_SOURCE_CLOSED. */
  async close(): Promise<void> {
    const closed = this.#pool.destroy(new PenstockError(httpErrors.closed));
    this.#connector.cut();
    await closed;
  }
}

const takeNone: TakeWhole = () => null;
