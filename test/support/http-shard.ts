import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Writable } from 'node:stream';

/** One request as it came. */
export interface ShardRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string;
  /** Monotonic milliseconds. */
  readonly at: number;
}

export type ShardHandler = (request: ShardRequest, response: ServerResponse) => void | Promise<void>;

/** In PEM. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
}

/** A real HTTP server that answers as its test says. */
export class TestShard {
  /** All requests but those for tokens, oldest first. */
  readonly requests: ShardRequest[] = [];
  /** Replace it at any time. */
  handler: ShardHandler;
  /** How many tokens were asked for. */
  tokens = 0;
  /** Answers requests for tokens. */
  tokenHandler: ShardHandler = (_, response) =>
    sendJson(response, { access_token: `token-${this.tokens}`, token_type: 'bearer', expires_in: 3600 });
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();
  #inFlight = 0;
  #mostInFlight = 0;

  private constructor(handler: ShardHandler, tls: ServerCertificate | null) {
    this.handler = handler;
    const answer = (incoming: IncomingMessage, response: ServerResponse): void =>
      void this.#answer(incoming, response);
    this.#scheme = tls === null ? 'http' : 'https';
    this.#server = tls === null ? createServer(answer) : createSecureServer(tls, answer);
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
  }

  /** @param tls to be spoken to over TLS. */
  static async start(handler: ShardHandler, tls: ServerCertificate | null = null): Promise<TestShard> {
    const shard = new TestShard(handler, tls);
    await shard.listen(0);
    return shard;
  }

  /** @param port 0 for any. */
  listen(port: number): Promise<void> {
    return new Promise((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** With the client `penstock` and its secret. */
  get url(): string {
    return `${this.#scheme}://penstock:MARK-secret@127.0.0.1:${this.port}`;
  }

  /** Connections that are open now. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** Most requests that were on their way at once, tokens left out. */
  get mostInFlight(): number {
    return this.#mostInFlight;
  }

  paths(): string[] {
    return this.requests.map(({ path }) => path);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? '/', 'http://shard');
    const { method = '', headers } = incoming;
    const { authorization = '' } = headers;
    const { pathname: path, searchParams: query } = url;
    const request = { method, path, query, authorization, at: performance.now() };
    incoming.resume();
    if (path === '/oauth/token') {
      this.tokens += 1;
      await this.tokenHandler(request, response);
      return;
    }
    this.requests.push(request);
    this.#inFlight += 1;
    this.#mostInFlight = Math.max(this.#mostInFlight, this.#inFlight);
    response.on('close', () => {
      this.#inFlight -= 1;
    });
    await this.handler(request, response);
  }
}

export function sendJson(
  response: ServerResponse,
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** Sends bytes as they are, said to be JSON. */
export function sendText(response: ServerResponse, text: string | Buffer, headers = {}): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(text);
}

/** Items `from` to `to` of a list, as one page of the API. */
export function pageOf<T>(
  items: readonly T[],
  query: URLSearchParams,
): { items: T[]; next_cursor: string | null } {
  const limit = Number(query.get('limit') ?? 100);
  const from = Number(query.get('cursor') ?? 0);
  const to = from + limit;
  return { items: items.slice(from, to), next_cursor: to < items.length ? String(to) : null };
}

/** Writes pieces of text as fast as they are taken, and ends. Stops when the other side has gone. */
export async function writePieces(stream: Writable, pieces: Iterable<string>): Promise<void> {
  let held = '';
  for (const piece of pieces) {
    if (stream.destroyed) return;
    held += piece;
    if (held.length < 64 * 1024) continue;
    if (!stream.write(held)) await drained(stream);
    held = '';
  }
  stream.end(held);
}

function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
