const [BASIS, PRIME] = [0x811c9dc5, 0x01000193];
const FIRST_BEYOND_ASCII = 0x80;

/**
 * FNV-1a of 32 bits over a text's bytes, which stand among others.
 *
 * @see http://www.isthe.com/chongo/tech/comp/fnv/
 */
export function fnvOfBytes(bytes: Uint8Array, from: number, to: number): number {
  let hash = BASIS;
  for (let i = from; i < to; i += 1) hash = Math.imul(hash ^ (bytes[i] ?? 0), PRIME);
  return hash | 0;
}

/** The same of a text, as UTF-8. */
export function fnvOfText(text: string): number {
  let hash = BASIS;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code >= FIRST_BEYOND_ASCII) {
      const bytes = Buffer.from(text);
      return fnvOfBytes(bytes, 0, bytes.length);
    }
    hash = Math.imul(hash ^ code, PRIME);
  }
  return hash | 0;
}
