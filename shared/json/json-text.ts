/** NULs behind the text, so that a word of four bytes can be read at its end. */
const BEHIND = 4;
const FIRST_BYTES = 64 * 1024;

/**
 * JSON text to be scanned, collected from pieces. NULs stand behind it, which are no JSON wherever they stand, so that no scanner
 * need look for the end.
 */
export class JsonText {
  bytes: Buffer = Buffer.alloc(BEHIND);
  /** Of the same bytes: four at once can be read through it. */
  view: DataView = viewOf(this.bytes);
  length = 0;

  /** The text again, as a view that is good until the next piece. */
  get whole(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Copies a piece to the end. */
  add(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (this.bytes.length < length + BEHIND) this.#grow(length + BEHIND);
    this.bytes.set(piece, this.length);
    this.bytes.fill(0, length, length + BEHIND);
    this.length = length;
  }

  /** Starts anew, with the memory there is. */
  clear(): void {
    this.length = 0;
    this.bytes.fill(0, 0, BEHIND);
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, this.bytes.length * 2, needed));
    larger.set(this.whole);
    this.bytes = larger;
    this.view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
