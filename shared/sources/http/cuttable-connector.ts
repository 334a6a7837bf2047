import { Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { ReceiveMemory } from './receive-memory.ts';

/**
 * Makes connections for a pool, and can cut those that are still being made. The pool's own end leaves them alone until they
 * are made or their time is over, and they would keep the process from ending.
 */
export class CuttableConnector {
  readonly #timeoutMs: number;
  readonly #memory: ReceiveMemory;
  readonly #underWay = new Set<Socket>();
  /** Of the last TLS connection, so that the next one is made sooner. All go to one origin. */
  #session: Buffer | undefined;

  /** @param memory that connections receive into. */
  constructor(timeoutMs: number, memory: ReceiveMemory) {
    this.#timeoutMs = timeoutMs;
    this.#memory = memory;
  }

  readonly connect = (options: buildConnector.Options, callback: buildConnector.Callback): void => {
    const connect = buildConnector({
      ...{ allowH2: false, timeout: this.#timeoutMs },
      ...(this.#session === undefined ? {} : { session: this.#session }),
      onread: this.#memory.onRead(() => socket as Socket),
    });
    // It returns the socket, which its type does not say.
    const socket: unknown = connect(options, (...result) => {
      if (socket instanceof Socket) this.#underWay.delete(socket);
      callback(...result);
    });
    if (!(socket instanceof Socket)) return;
    this.#underWay.add(socket);
    socket.on('session', (session: Buffer) => {
      this.#session = session;
    });
  };

  cut(): void {
    for (const socket of this.#underWay) socket.destroy(new Error('the source was closed'));
  }
}
