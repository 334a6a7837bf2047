import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pageOf, sendJson, TestShard } from '#test/support/http-shard.ts';
import { useHttpBench } from '#test/support/http-source-bench.ts';
import { batchesOf } from '#test/support/http-source-parts.ts';
import { readInProcess } from '#test/support/read-in-process.ts';

/* What is spoken over TLS is received into the same memory, but by another way through Node. */

const start = useHttpBench();
const MB = 1024 * 1024;
const certificate = fileURLToPath(new URL('../../support/tls/certificate.pem', import.meta.url));
const key = readFileSync(new URL('../../support/tls/key.pem', import.meta.url), 'utf8');

/** Pages of some 300 KB. */
const items = Array.from({ length: 1_000 }, (_, row) => ({
  device_id: `d-${row}`,
  notes: `${row}/`.repeat(600),
}));

let shard: TestShard;
beforeEach(async () => {
  const tls = { key, cert: readFileSync(certificate, 'utf8') };
  shard = await TestShard.start(({ query }, response) => sendJson(response, pageOf(items, query)), tls);
});
afterEach(() => shard.stop());

test('a snapshot over TLS is what was sent', async () => {
  const report = await readInProcess(shard.url, 16 * MB, { NODE_EXTRA_CA_CERTS: certificate });
  const hash = createHash('sha256');
  for (const item of items) hash.update(JSON.stringify(item));
  expect(report).toMatchObject({ error: null, rows: items.length, digest: hash.digest('hex') });
});

test('a shard whose certificate nobody vouches for is not spoken to', async () => {
  const bench = await start(() => undefined, { url: shard.url, limits: { attempts: 1 } });
  await expect(batchesOf(bench.snapshot())).rejects.toMatchObject({ code: 'HTTP_UNREACHABLE' });
  expect(shard.tokens + shard.requests.length).toBe(0);
});
