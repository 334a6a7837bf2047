import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** The way to a server, which a test can cut for one service alone while everybody else reaches it. */
export interface CuttableWay {
  /** The server's URL, by this way. */
  readonly url: string;
  /** Ends every connection and refuses new ones. */
  cut(): void;
  /** Lets connections through again. */
  mend(): void;
  stop(): Promise<void>;
}

/** Sees every chunk before it passes, and may cut the way: then neither it nor what follows arrives. */
export type Watch = (to: 'server' | 'client', chunk: Buffer, way: CuttableWay) => void;

/** Puts a way of one's own to a server: PostgreSQL, Redis or S3. */
export async function startCuttableWay(target: string, watch: Watch = () => {}): Promise<CuttableWay> {
  const url = new URL(target);
  const beyond = { host: url.hostname, port: Number(url.port) };
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((inside) => {
    if (isCut) return void inside.destroy();
    const outside = createConnection(beyond);
    inside.on('data', (chunk: Buffer) => watch('server', chunk, way));
    outside.on('data', (chunk: Buffer) => watch('client', chunk, way));
    for (const [one, other] of [[inside, outside] as const, [outside, inside] as const]) {
      sockets.add(one);
      one.on('error', () => {});
      one.once('close', () => {
        sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url.port = String((server.address() as AddressInfo).port);
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  const way: CuttableWay = {
    url: url.href,
    cut,
    mend: () => {
      isCut = false;
    },
    stop: () => {
      cut();
      return closed(server);
    },
  };
  return way;
}

async function closed(server: Server): Promise<void> {
  server.close();
  await once(server, 'close');
}
