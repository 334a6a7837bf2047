/** Room for what one answer gave: bytes, and the same as words and as doubles. */
export interface PageMemory {
  readonly bytes: Buffer;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
}

const FIRST_BYTES = 64 * 1024;
/** Of all that nobody uses at the moment. */
const MOST_IDLE_BYTES = 16 * 1024 * 1024;

const idle: PageMemory[] = [];
let idleBytes = 0;

/**
 * Room that is used again: what each answer would allocate counts as external memory, for which V8 collects all there is again and again.
 *
 * @param atLeastBytes to be filled before they are read.
 */
export function takePageMemory(atLeastBytes: number): PageMemory {
  const known = idle.findIndex(({ bytes }) => bytes.length >= atLeastBytes);
  const [page] = known < 0 ? [] : idle.splice(known, 1);
  if (page !== undefined) {
    idleBytes -= page.bytes.length;
    return page;
  }
  const buffer = new ArrayBuffer(
    FIRST_BYTES * 2 ** Math.ceil(Math.log2(Math.max(1, atLeastBytes / FIRST_BYTES))),
  );
  return { bytes: Buffer.from(buffer), words: new Int32Array(buffer), doubles: new Float64Array(buffer) };
}

/** Nothing of it may be read from now on. */
export function giveBackPageMemory(page: PageMemory): void {
  if (idleBytes + page.bytes.length > MOST_IDLE_BYTES) return;
  idle.push(page);
  idleBytes += page.bytes.length;
}
