import type { Draw } from '../fleet/draw.ts';
import { tagOf } from '../fleet/draw.ts';
import { nameOf, noteOf } from '../personal/person.ts';

const AUTHOR = tagOf('author of history');
const CHUNK_BYTES = 64 * 1_024;

/**
 * A body of about any size that is JSON: the given one with a long history behind it. Made piece by piece.
 *
 * @param text a JSON object.
 * @param bytes of the whole; it is at least as long as `text`.
 */
export function* hugeBody(text: string, bytes: number, draw: Draw): Generator<Buffer> {
  const head = Buffer.from(`${text.slice(0, -1)},"history":[`);
  const tail = Buffer.from('""]}');
  yield head;
  const entry = `${JSON.stringify({ by: nameOf(draw, AUTHOR), text: noteOf(draw, AUTHOR) })},`;
  const block = Buffer.from(entry.repeat(Math.ceil(CHUNK_BYTES / entry.length)));
  let left = bytes - head.length - tail.length;
  for (; left >= block.length; left -= block.length) yield block;
  // Blanks bring it to the very byte that may have been announced.
  if (left > 0) yield Buffer.alloc(left, ' ');
  yield tail;
}

/** Bytes that `hugeBody` comes to. */
export const hugeBodyBytes = (text: string, bytes: number): number =>
  Math.max(bytes, Buffer.byteLength(text) - 1 + ',"history":['.length + '""]}'.length);
