import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { CliContext } from '../context.ts';
import { abortOnSignal } from '../interruption.ts';
import { untilAborted } from '../until-aborted.ts';
import { PAGE } from './docs-verb.ts';
import type { DocsServeFlags } from './docs-verbs.ts';
import { transformErrors } from './errors.ts';
import { targetDirOf } from './open-transform.ts';

/** Nothing else of the folder is shown. */
const SHOWN: Readonly<Record<string, string>> = {
  [PAGE]: 'text/html; charset=utf-8',
  'manifest.json': 'application/json',
  'catalog.json': 'application/json',
};

/** Serves the documentation that `docs generate` wrote, until a signal. @throws TRANSFORM_DOCS_MISSING, TRANSFORM_PORT_TAKEN */
export async function docsServe(context: CliContext, flags: DocsServeFlags): Promise<void> {
  const folder = await targetDirOf(context, flags);
  await readFile(join(folder, PAGE)).catch(() => {
    throw new PenstockError(transformErrors.docsMissing, { folder });
  });
  const signal = abortOnSignal(context.control, 'stopping');
  const server = createServer((request, response) => void answer(folder, request, response));
  const port = await listen(server, flags);
  context.write(`The documentation is at http://${flags.host}:${port}/ until Ctrl-C.\n`);
  await untilAborted(signal);
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
}

async function listen(server: Server, { host, port }: DocsServeFlags): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    throw new PenstockError(transformErrors.portTaken, { host, port }, { cause: error });
  }
  return (server.address() as AddressInfo).port;
}

async function answer(
  folder: string,
  { url = '/', method }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = url.split('?')[0] ?? '/';
  const name = path === '/' ? PAGE : path.slice(1);
  const type = Object.hasOwn(SHOWN, name) ? SHOWN[name] : undefined;
  const content = type === undefined ? undefined : await readFile(join(folder, name)).catch(() => undefined);
  if (type === undefined || content === undefined || (method !== 'GET' && method !== 'HEAD')) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page.\n');
    return;
  }
  response.writeHead(200, {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  });
  response.end(method === 'HEAD' ? undefined : content);
}
