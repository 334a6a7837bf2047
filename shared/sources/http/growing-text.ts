const FIRST_BYTES = 64 * 1024;

/** Bytes that are added to at the end and may be cut there. */
export class GrowingText {
  #buffer = Buffer.allocUnsafe(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The bytes from `from` on, valid until the next change. */
  view(from = 0, to = this.#length): Buffer {
    return this.#buffer.subarray(from, to);
  }

  add(bytes: Buffer): void {
    const wanted = this.#length + bytes.length;
    if (wanted > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(FIRST_BYTES, this.#buffer.length * 2, wanted));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    bytes.copy(this.#buffer, this.#length);
    this.#length = wanted;
  }

  cutTo(length: number): void {
    this.#length = length;
  }
}
