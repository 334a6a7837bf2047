import { Socket } from 'node:net';
import { buildConnector } from 'undici';

/**
 * Makes connections for a pool, and can cut those that are still being made. The pool's own end leaves them alone until they
 * are made or their time is over, and they would keep the process from ending.
 */
export class CuttableConnector {
  readonly #build: buildConnector.connector;
  readonly #underWay = new Set<Socket>();

  constructor(timeoutMs: number) {
    this.#build = buildConnector({ allowH2: false, timeout: timeoutMs });
  }

  readonly connect = (options: buildConnector.Options, callback: buildConnector.Callback): void => {
    // It returns the socket, which its type does not say.
    const socket: unknown = this.#build(options, (...result) => {
      if (socket instanceof Socket) this.#underWay.delete(socket);
      callback(...result);
    });
    if (socket instanceof Socket) this.#underWay.add(socket);
  };

  cut(): void {
    for (const socket of this.#underWay) socket.destroy(new Error('the source was closed'));
  }
}
