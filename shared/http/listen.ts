import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { httpErrors } from './errors.ts';

/** A listening server and how to close it. */
export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens with an application.
 *
 * @param port 0 takes a free one.
 * @throws PenstockError HTTP_PORT when the address cannot be bound.
 */
export async function listen(app: Express, host: string, port: number): Promise<Listening> {
  const server = createServer(app);
  await bound(server, host, port);
  return { port: (server.address() as AddressInfo).port, close: () => closed(server) };
}

function bound(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (cause) => reject(new PenstockError(httpErrors.port, { host, port }, { cause })));
  server.listen(port, host, resolve);
  return promise;
}

function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
