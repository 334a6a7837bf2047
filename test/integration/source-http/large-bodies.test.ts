import type { ServerResponse } from 'node:http';
import { createGzip, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { sendText, writePieces } from '#test/support/http-shard.ts';
import { useHttpBench } from '#test/support/http-source-bench.ts';
import { batchesOf, idsOf } from '#test/support/http-source-parts.ts';
import { readInProcess } from '#test/support/read-in-process.ts';
import { waitFor } from '#test/support/wait-for.ts';

const start = useHttpBench();
const MB = 1024 * 1024;
const filler = 'x'.repeat(2_000);

/** Text of an answer of about so many bytes, in pieces. */
function* largeAnswer(bytes: number): Generator<string> {
  yield '{"total":1,"items":[';
  const count = Math.ceil(bytes / (filler.length + 60));
  for (let row = 0; row < count; row += 1) {
    yield `${row === 0 ? '' : ','}{"device_id":"d-${row}","notes":"${filler}","of":{"a":[1,2,3]}}`;
  }
  yield '],"next_cursor":null}';
}

async function sendLarge(response: ServerResponse, bytes: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  await writePieces(response, largeAnswer(bytes));
}

test('a body of 200 MB is read at flat memory', async () => {
  let bytes = 20 * MB;
  const bench = await start((_, response) => sendLarge(response, bytes));
  const small = await readInProcess(bench.shard.url, 300 * MB);
  bytes = 200 * MB;
  const large = await readInProcess(bench.shard.url, 300 * MB);
  expect(small).toMatchObject({ error: null });
  expect(large).toMatchObject({ error: null, rows: Math.ceil(bytes / (filler.length + 60)) });
  expect(large.textBytes).toBeGreaterThan(195 * MB);
  expect(large.peakMb).toBeLessThan(small.peakMb * 1.3);
});

test('a body beyond the limit is refused while it arrives', async () => {
  let sent = 0;
  const bench = await start(
    async (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const pieces = function* (): Generator<string> {
        for (const piece of largeAnswer(200 * MB)) {
          sent += piece.length;
          yield piece;
          if (response.destroyed) return;
        }
      };
      await writePieces(response, pieces());
    },
    { limits: { maxBodyBytes: 10 * MB } },
  );
  await expect(idsOf(bench.snapshot())).rejects.toMatchObject({
    code: 'HTTP_BODY_TOO_LARGE',
    retry: 'terminal',
    facts: { limitBytes: 10 * MB },
  });
  expect(sent).toBeLessThan(30 * MB);
  expect(bench.shard.requests).toHaveLength(1);
});

test('a body that says it is too large is not read at all', async () => {
  let cut = false;
  const bench = await start((_, response) => {
    response.on('close', () => {
      cut = true;
    });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': 17 * MB });
    response.write('{');
  });
  await expect(idsOf(bench.snapshot())).rejects.toMatchObject({ code: 'HTTP_BODY_TOO_LARGE' });
  expect(bench.calls.at(-1)?.bytes).toBe(0);
  await waitFor(() => cut, { what: 'the connection to be cut', timeoutMs: 1_000 });
});

test('gzip is inflated, and a small body that inflates to a huge one is refused', async () => {
  const small = gzipSync(JSON.stringify({ items: [{ device_id: 'd-0' }] }));
  const bench = await start((_, response) => sendText(response, small, { 'content-encoding': 'gzip' }));
  const read = bench.snapshot();
  expect(await idsOf(read)).toEqual(['d-0']);
  expect(read.stats().bytes).toBe(small.length);
  bench.shard.handler = async (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    const gzip = createGzip();
    gzip.pipe(response);
    response.on('close', () => gzip.destroy());
    await writePieces(gzip, largeAnswer(200 * MB));
  };
  const bomb = bench.snapshot();
  await expect(idsOf(bomb)).rejects.toMatchObject({ code: 'HTTP_BODY_TOO_LARGE' });
  expect(bomb.stats().bytes).toBeLessThan(2 * MB);
});

test('rows of a large body that breaks off come once, although the call is repeated', async () => {
  let calls = 0;
  const bench = await start(
    async (_, response) => {
      calls += 1;
      if (calls > 1) return sendLarge(response, 12 * MB);
      response.writeHead(200, { 'content-type': 'application/json' });
      let text = '';
      for (const piece of largeAnswer(11 * MB)) text += piece;
      response.write(text.slice(0, 10 * MB), () => response.socket?.destroy());
    },
    { limits: { maxBodyBytes: 100 * MB } },
  );
  const read = bench.snapshot();
  const ids = await idsOf(read);
  expect(ids).toHaveLength(Math.ceil((12 * MB) / (filler.length + 60)));
  expect(new Set(ids).size).toBe(ids.length);
  const { duplicates, errors } = read.stats();
  expect(errors).toEqual({ HTTP_CONNECTION_BROKEN: 1 });
  expect(duplicates).toBeGreaterThan(0);
});

test('time in which the rows are taken away does not count against the call', async () => {
  const bench = await start((_, response) => sendLarge(response, 12 * MB), {
    limits: { maxBodyBytes: 100 * MB, requestTimeoutMs: 2_500, attempts: 1 },
  });
  let batches = 0;
  for await (const _ of bench.snapshot()) {
    batches += 1;
    if (batches > 1) continue;
    const from = performance.now();
    await waitFor(() => performance.now() > from + 2_600, { what: 'the time of the call to pass' });
  }
  expect(batches).toBeGreaterThan(10);
});

test('a row of a large body that is larger than a row may be is refused', async () => {
  const pieces = function* (): Generator<string> {
    yield '{"items":[';
    for (let row = 0; row < 9_000; row += 1) yield `{"device_id":"d-${row}","x":"${'y'.repeat(1_000)}"},`;
    yield `"${'z'.repeat(2 * MB)}"]}`;
  };
  const bench = await start(async (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    await writePieces(response, pieces());
  });
  await expect(batchesOf(bench.snapshot())).rejects.toMatchObject({ code: 'HTTP_ROW_TOO_LARGE' });
});
