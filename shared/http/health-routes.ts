import { Router } from 'express';
import type { Registry } from 'prom-client';

/** Problems of one store in words; empty when it can be used. */
export type ReadinessCheck = () => Promise<readonly string[]>;

/** A store that does not answer in this time is not ready. */
const CHECK_TIMEOUT_MS = 2_000;

/**
 * `/healthz` (the event loop is alive: it answered), `/readyz` (its stores are reachable: 200, else 503 with each
 * problem) and `/metrics`.
 *
 * @param checks by store name.
 */
export function healthRoutes(checks: Readonly<Record<string, ReadinessCheck>>, registry: Registry): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => void response.json({ status: 'alive' }));
  router.get('/readyz', async (_request, response) => {
    const problems = await problemsOf(checks);
    response.status(problems.length === 0 ? 200 : 503).json({ ready: problems.length === 0, problems });
  });
  router.get('/metrics', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
  return router;
}

async function problemsOf(checks: Readonly<Record<string, ReadinessCheck>>): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(checks).map(async ([store, check]) => {
      const problems = await withinTimeout(check);
      return problems.map((problem) => `${store}: ${problem}`);
    }),
  );
  return found.flat();
}

async function withinTimeout(check: ReadinessCheck): Promise<readonly string[]> {
  const { promise: late, resolve } = Promise.withResolvers<readonly string[]>();
  const timer = setTimeout(() => resolve([`did not answer within ${CHECK_TIMEOUT_MS} ms`]), CHECK_TIMEOUT_MS);
  try {
    // What a driver says may hold an address or a value; the store's name is enough here.
    return await Promise.race([check().catch(() => ['is not reachable']), late]);
  } finally {
    clearTimeout(timer);
  }
}
