import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { parsedRows } from '#shared/sources/http/raw-pieces.ts';
import { useHttpBench } from '#test/support/http-source-bench.ts';
import { batchesOf } from '#test/support/http-source-parts.ts';
import { seededRandom } from '#test/support/seeded-random.ts';

/*
 * Bodies are copied out of memory that is received into again. Heads and bodies of many connections come here in pieces cut anywhere:
 * what is kept of a read when the next one comes must not have changed.
 */

const start = useHttpBench();
const SLICES = 24;
const PAGES = 6;
const open: { server: Server; sockets: Set<Socket> }[] = [];

afterEach(async () => {
  for (const { server, sockets } of open.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
});

interface Page {
  readonly slice: number;
  readonly page: number;
}

/** An answer of 2 to 600 KB, whose text tells whose it is from its first to its last byte. */
function bodyOf({ slice, page }: Page): string {
  const random = seededRandom(slice * 100 + page);
  const items = Array.from({ length: 20 + Math.floor(random() * 40) }, (_, row) => ({
    device_id: `d-${slice}-${page}-${row}`,
    notes: `${slice}.${page}.${row}/`.repeat(10 + Math.floor(random() * 1_200)),
  }));
  return JSON.stringify({ items, next_cursor: page + 1 < PAGES ? String(page + 1) : null });
}

/** A head as long as heads may be, so that it comes in several reads: what the first says must still be there at the last. */
function headOf(body: string, random: () => number): string {
  const fillers = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, index) => {
    const letter = String.fromCharCode(97 + Math.floor(random() * 26));
    return `x-${letter.repeat(20)}-${index}: ${letter.repeat(1_000 + Math.floor(random() * 2_000))}`;
  });
  const lines = [
    'HTTP/1.1 200 OK',
    'content-type: application/json',
    ...fillers,
    `content-length: ${body.length}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function pageAskedFor(request: string): Page {
  const [, slice = '', query = ''] =
    /^GET \/v1\/customers\/c-(\d+)\/\S*?(?:\?(\S*))? HTTP/.exec(request) ?? [];
  return { slice: Number(slice), page: Number(new URLSearchParams(query).get('cursor') ?? 0) };
}

/** Pieces from one byte to all of it, with turns between them in which they are read. */
async function writeInPieces(socket: Socket, text: string, random: () => number): Promise<void> {
  for (let from = 0; from < text.length; ) {
    const to = from + 1 + Math.floor(random() ** 4 * text.length);
    if (!socket.write(text.slice(from, to))) await once(socket, 'drain');
    for (let turns = Math.floor(random() * 3); turns > 0; turns -= 1) await turn();
    from = to;
  }
}

async function startDripping(): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    let request = '';
    socket.on('data', (piece) => {
      request += piece.toString('latin1');
      if (!request.includes('\r\n\r\n')) return;
      const asked = pageAskedFor(request);
      request = '';
      const random = seededRandom(asked.slice * 1_000 + asked.page);
      const body = bodyOf(asked);
      void writeInPieces(socket, headOf(body, random) + body, random);
    });
  }).listen(0, '127.0.0.1');
  open.push({ server, sockets });
  await once(server, 'listening');
  return `http://penstock:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const digest = (rows: unknown): string => createHash('sha256').update(JSON.stringify(rows)).digest('hex');

test('answers whose heads and bodies come in pieces cut anywhere, on many connections, are what was sent', async () => {
  const url = await startDripping();
  const bench = await start(() => undefined, { url, source: { auth: null }, limits: { attempts: 1 } });
  const slices = Array.from({ length: SLICES }, (_, slice) => slice);
  const read = await Promise.all(
    slices.map(async (slice) => {
      const batches = await batchesOf(bench.snapshot(`c-${slice}`));
      return digest(batches.flatMap(({ rows }) => parsedRows(rows).map(({ value }) => value)));
    }),
  );
  const sent = slices.map((slice) => {
    const pages = Array.from({ length: PAGES }, (_, page) => bodyOf({ slice, page }));
    return digest(pages.flatMap((body) => (JSON.parse(body) as { items: unknown[] }).items));
  });
  expect(read).toEqual(sent);
  expect(bench.calls.every(({ outcome }) => outcome === 'ok')).toBe(true);
  expect(bench.calls).toHaveLength(SLICES * PAGES);
});
