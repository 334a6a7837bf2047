import type { AdapterConnection } from '../adapter/adapter.ts';
import type { BuildRequest } from './build-request.ts';

/** Lends a connection for compiling one node, where the request has an adapter; what its templates leave open is rolled back. */
export async function whileConnected<T>(
  { adapter, signal }: Pick<BuildRequest, 'adapter' | 'signal'>,
  node: string,
  work: (more: { readonly connection?: AdapterConnection }) => T | Promise<T>,
): Promise<T> {
  if (adapter === undefined) return work({});
  const connection = await adapter.connect(node, signal);
  try {
    return await work({ connection });
  } finally {
    await connection.release();
  }
}
