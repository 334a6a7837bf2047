import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { reasonOf } from '../personal/of-error.ts';
import { type Exchange, recordOutcome } from './exchange.ts';
import { hugeBody, hugeBodyBytes } from './huge-body.ts';
import type { Rendered } from './render.ts';

/** Sends an answer, or as much of it as the faults of the call leave. */
export async function deliver(exchange: Exchange, rendered: Rendered): Promise<void> {
  const { faults, response } = exchange;
  const huge = faults.of('huge-body');
  if (huge !== undefined && rendered.status === 200) {
    return deliverHuge(exchange, rendered, huge.bytes, huge.announced);
  }
  const { status, bytes } = rendered;
  const isCut = faults.has('reset') || faults.has('timeout');
  recordOutcome(exchange, isCut ? 0 : status, bytes.length);
  if (rendered.raw !== undefined) return void response.socket?.end(rendered.raw);
  writeHead(exchange, rendered, bytes.length);
  if (!isCut) return void response.end(bytes);
  const half = bytes.subarray(0, Math.ceil(bytes.length / 2));
  response.write(half, () => {
    if (faults.has('reset')) resetConnection(response);
  });
}

/** Ends the connection the hard way: the client sees ECONNRESET. */
export function resetConnection({ socket }: ServerResponse): void {
  socket?.resetAndDestroy();
}

async function deliverHuge(
  exchange: Exchange,
  rendered: Rendered,
  bytes: number,
  isAnnounced: boolean,
): Promise<void> {
  const { response, draw } = exchange;
  const text = rendered.bytes.toString();
  const length = hugeBodyBytes(text, bytes);
  recordOutcome(exchange, rendered.status, length);
  writeHead(exchange, rendered, isAnnounced ? length : null);
  // A client that has seen enough hangs up; that is its good right.
  await pipeline(Readable.from(hugeBody(text, bytes, draw)), response).catch(() => undefined);
}

function writeHead(
  { response, draw }: Exchange,
  { status, headers, reason = status < 400 ? undefined : reasonOf(draw) }: Rendered,
  length: number | null,
): void {
  const all = length === null ? headers : { ...headers, 'content-length': String(length) };
  if (reason === undefined) response.writeHead(status, all);
  else response.writeHead(status, reason, all);
}
