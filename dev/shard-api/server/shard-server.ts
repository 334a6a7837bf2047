import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { handleCall } from './handle-call.ts';
import type { Shard } from './shard.ts';

const HOST = '127.0.0.1';
/** Long, so that only faults cut a connection a client meant to use again. */
const KEEP_ALIVE_MS = 60_000;
const PORT_TAKEN_PAUSE_MS = 100;

/** How a shard is down: nobody listens, or whoever connects is cut off. Null when it is up. */
export type DownMode = 'refused' | 'reset' | null;

/** A shard's HTTP server on a port of its own. */
export class ShardServer {
  readonly shard: Shard;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;
  #down: DownMode = null;
  #isStopped = false;
  /** Changes happen one after the other. */
  #changes: Promise<void> = Promise.resolve();

  constructor(shard: Shard) {
    this.shard = shard;
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
      void handleCall(shard, request, response);
    });
    this.#server.on('connection', (socket) => this.#accept(socket));
  }

  get port(): number {
    return this.#port;
  }

  /** Base URL with the client's name and secret. */
  get url(): string {
    return `http://${this.shard.client}:${this.shard.secret}@${HOST}:${this.#port}`;
  }

  /**
   * @param port 0 takes a free one.
   * @throws the server's error, e.g. EADDRINUSE.
   */
  async start(port: number): Promise<void> {
    await this.#listen(port);
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Takes the shard down or brings it back, on the same port. */
  setDown(mode: DownMode): Promise<void> {
    return this.#change(() => this.#switchTo(mode));
  }

  /** Cuts every connection and ends the server. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.#change(() => this.#close());
  }

  #change(work: () => Promise<void>): Promise<void> {
    this.#changes = this.#changes.then(work);
    return this.#changes;
  }

  async #switchTo(mode: DownMode): Promise<void> {
    const before = this.#down;
    if (mode === before || this.#isStopped) return;
    this.#down = mode;
    if (mode !== null) this.#cutConnections();
    if (mode === 'refused') await this.#close();
    else if (before === 'refused') await this.#listenAgain();
  }

  /** The port was free a moment ago; who took it meanwhile will let it go. */
  async #listenAgain(): Promise<void> {
    while (!this.#isStopped) {
      try {
        return await this.#listen(this.#port);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
        await delay(PORT_TAKEN_PAUSE_MS);
      }
    }
  }

  #listen(port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, HOST, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  async #close(): Promise<void> {
    if (!this.#server.listening) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#cutConnections();
    await promise;
  }

  #accept(socket: Socket): void {
    this.shard.settings.counters.connected(this.shard.name);
    if (this.#down === 'reset') return void socket.resetAndDestroy();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #cutConnections(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}
