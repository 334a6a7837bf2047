import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Facts, PenstockError } from '#shared/errors/penstock-error.ts';
import type { StreamedAnswer } from './answer.ts';
import { httpErrors } from './errors.ts';

/**
 * The body of an answer as it arrives, inflated where it is gzip. What is counted against the limit is what comes out, so that
 * a small body that inflates to a huge one is refused like a huge one.
 *
 * @param arrived is told of bytes as they come over the wire.
 * @throws PenstockError HTTP_BODY_TOO_LARGE, as soon as it is known; what undici and zlib throw.
 */
export async function* readChunks(
  { body, isGzip, lengthBytes }: StreamedAnswer,
  maxBytes: number,
  arrived: (bytes: number) => void,
  facts: Facts,
): AsyncGenerator<Buffer, void, undefined> {
  const tooLarge = (): PenstockError =>
    new PenstockError(httpErrors.bodyTooLarge, { ...facts, limitBytes: maxBytes });
  const wire = counted(body, arrived);
  const chunks: AsyncIterable<Buffer> = isGzip ? pipeline(wire, createGunzip(), () => undefined) : wire;
  let bytes = 0;
  try {
    if ((lengthBytes ?? 0) > maxBytes) throw tooLarge();
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      yield chunk;
    }
  } finally {
    // Not left to the loops around it: one that waits for the next chunk of a stalled body would never get to it.
    if (!body.readableEnded) body.destroy();
  }
}

async function* counted(
  body: AsyncIterable<Buffer>,
  arrived: (bytes: number) => void,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of body) {
    arrived(chunk.length);
    yield chunk;
  }
}
