/** Text is written into memory of this size, and to files in such pieces. */
const BLOCK_BYTES = 32 * 1024;
const MAX_IDLE_BLOCKS = 512;
/** Larger ones, for reading. */
const MAX_IDLE_LARGE_BYTES = 1 << 20;

const idle: Buffer[] = [];
const idleLarge: Buffer[] = [];
let idleLargeBytes = 0;

/** Memory for text, used again: text waits in it for seconds, long enough to grow old, and what is old is collected late. */
export function takeBlock(atLeastBytes: number): Buffer {
  if (atLeastBytes <= BLOCK_BYTES) return idle.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  const fitting = idleLarge.findIndex(({ length }) => length >= atLeastBytes);
  const [large] = fitting < 0 ? [] : idleLarge.splice(fitting, 1);
  idleLargeBytes -= large?.length ?? 0;
  return large ?? Buffer.allocUnsafeSlow(atLeastBytes);
}

/** To be called when nobody reads it any more. */
export function giveBackBlock(block: Buffer): void {
  if (block.length === BLOCK_BYTES && idle.length < MAX_IDLE_BLOCKS) idle.push(block);
  else if (block.length > BLOCK_BYTES && idleLargeBytes + block.length <= MAX_IDLE_LARGE_BYTES) {
    idleLarge.push(block);
    idleLargeBytes += block.length;
  }
}
