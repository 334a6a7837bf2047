const STEP_BYTES = 64 * 1024;

/** A body that is collected from pieces. */
export class BodyText {
  #bytes: Buffer = Buffer.alloc(0);
  length = 0;

  /** Bytes it takes, whether they are filled or not. */
  get capacity(): number {
    return this.#bytes.length;
  }

  /** The body so far, as a view that is good until the next piece. */
  get whole(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  /** Makes room for a body whose length is known, once: what it would grow out of is collected late. */
  expect(bytes: number): void {
    if (this.#bytes.length < bytes) this.#grow(bytes);
  }

  /** Copies a piece to the end. */
  add(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (this.#bytes.length < length) this.#grow(Math.max(this.#bytes.length * 2, length));
    this.#bytes.set(piece, this.length);
    this.length = length;
  }

  /** Starts anew, with the memory there is. */
  clear(): void {
    this.length = 0;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.ceil(needed / STEP_BYTES) * STEP_BYTES);
    larger.set(this.whole);
    this.#bytes = larger;
  }
}
