import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ReceiveMemory } from './receive-memory.ts';

const READS = 40;
/** Larger than what is read at once. */
const MESSAGE = 100 * 1024;

let server: Server;
/** What the server holds of the connection. */
let peer: Socket;
let socket: Socket;
let memory: ReceiveMemory;

beforeEach(async () => {
  memory = new ReceiveMemory();
  server = createServer((accepted) => {
    peer = accepted;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection');
  socket = connect({ port, host: '127.0.0.1', onread: memory.onRead(() => socket) });
  await accepted;
});

afterEach(async () => {
  socket.destroy();
  peer.destroy();
  server.close();
  await once(server, 'close');
});

/** Sends messages one after the other, each of one letter; what arrives is given to `take` piece by piece. */
async function receive(take: (piece: Buffer, letter: number) => void): Promise<void> {
  for (let message = 0; message < READS; message += 1) {
    const letter = 97 + (message % 26);
    peer.write(Buffer.alloc(MESSAGE, letter));
    for (let bytes = 0; bytes < MESSAGE; ) {
      const piece = socket.read() as Buffer | null;
      if (piece === null) await once(socket, 'readable');
      else {
        bytes += piece.length;
        take(piece, letter);
      }
    }
  }
}

const isOnly = (piece: Buffer, letter: number): boolean => piece.every((byte) => byte === letter);

test('what was copied is received into again', async () => {
  const places = new Set<ArrayBufferLike>();
  let bytes = 0;
  await receive((piece, letter) => {
    expect(isOnly(piece, letter)).toBe(true);
    bytes += piece.length;
    places.add(piece.buffer);
    memory.copied(piece);
  });
  expect(bytes).toBe(READS * MESSAGE);
  // One that is read into and one that was read.
  expect(places.size).toBeLessThanOrEqual(3);
});

test('what nobody says to have copied stays as it is', async () => {
  const kept: [Buffer, number][] = [];
  await receive((piece, letter) => kept.push([piece, letter]));
  expect(kept.every(([piece, letter]) => isOnly(piece, letter))).toBe(true);
});

test('a piece that ends sooner than its read leaves the rest as it is', async () => {
  const kept: [Buffer, number][] = [];
  await receive((piece, letter) => {
    kept.push([piece, letter]);
    memory.copied(piece.subarray(0, -1));
    memory.copied(Buffer.from(piece));
  });
  expect(kept.every(([piece, letter]) => isOnly(piece, letter))).toBe(true);
});

test('a piece that is told of twice is received into once', async () => {
  const held = new Set<ArrayBufferLike>();
  await receive((piece, letter) => {
    expect(isOnly(piece, letter)).toBe(true);
    held.add(piece.buffer);
    memory.copied(piece);
    memory.copied(piece);
  });
  // Were one place given out twice, this one would have filled it behind the other's back.
  const others = [memory.onRead(() => socket), memory.onRead(() => socket)].map(({ buffer }) =>
    typeof buffer === 'function' ? buffer().buffer : buffer.buffer,
  );
  expect(new Set(others).size).toBe(2);
});
