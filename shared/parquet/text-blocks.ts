/** Text is written into memory of this size, and to files in such pieces. */
const BLOCK_BYTES = 32 * 1024;
const MAX_IDLE_BLOCKS = 512;

const idle: Buffer[] = [];

/** Memory for text, used again: text waits in it for seconds, long enough to grow old, and what is old is collected late. */
export function takeBlock(atLeastBytes: number): Buffer {
  if (atLeastBytes > BLOCK_BYTES) return Buffer.allocUnsafeSlow(atLeastBytes);
  return idle.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
}

/** To be called when nobody reads it any more. */
export function giveBackBlock(block: Buffer): void {
  if (block.length === BLOCK_BYTES && idle.length < MAX_IDLE_BLOCKS) idle.push(block);
}
