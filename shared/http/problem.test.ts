import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { afterEach, expect, test, vi } from 'vitest';
import { problemHandler } from './problem.ts';

afterEach(() => vi.restoreAllMocks());

/** One answer of an application as it runs in production. */
async function answerOf(
  handler: RequestHandler,
): Promise<{ readonly said: string; readonly faults: unknown[] }> {
  const faults: unknown[] = [];
  const app = express()
    .set('env', 'production')
    .get('/', handler)
    .use(problemHandler((error) => faults.push(error)));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return { said: await answer.text().catch(() => '(cut)'), faults };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test.each<[string, RequestHandler, RegExp]>([
  ['before an answer has begun', () => Promise.reject(new TypeError('PII-0123')), /^\{.*"status":500/],
  [
    'in the middle of an answer',
    (_request, response, next) => {
      response.write('begun', () => next(new TypeError('PII-0123')));
    },
    /^\(cut\)$/,
  ],
])('a foreign error %s is told to whoever logs, and printed nowhere', async (_, handler, wanted) => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const { said, faults } = await answerOf(handler);
  expect(said).toMatch(wanted);
  expect(said).not.toContain('PII');
  expect(faults).toHaveLength(1);
  expect(printed).not.toHaveBeenCalled();
});
