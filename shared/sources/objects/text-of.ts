import { BrokenObject } from './broken-object.ts';

/**
 * Text of bytes, chunk by chunk; a byte-order mark is left out.
 *
 * @throws BrokenObject not-utf8, also for text in UTF-16.
 */
export async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of bytes) {
    const text = decoded(() => decoder.decode(chunk, { stream: true }));
    if (text !== '') yield text;
  }
  const rest = decoded(() => decoder.decode());
  if (rest !== '') yield rest;
}

function decoded(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new BrokenObject('not-utf8');
  }
}
