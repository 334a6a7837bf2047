/** NULs behind the text, so that a word of four bytes can be read at its end. */
const BEHIND = 4;

/**
 * A place for JSON text to be scanned in, one text after the other. NULs stand behind it, which are no JSON wherever they
 * stand, so that no scanner need look for the end.
 */
export class JsonText {
  bytes: Buffer = Buffer.alloc(BEHIND);
  /** Of the same bytes: four at once can be read through it. */
  view: DataView = viewOf(this.bytes);
  length = 0;

  /** Takes the next text in, in pieces. The one before is gone. */
  take(pieces: readonly Uint8Array[]): void {
    this.length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (this.bytes.length < this.length + BEHIND) {
      this.bytes = Buffer.allocUnsafe(this.length * 2 + BEHIND);
      this.view = viewOf(this.bytes);
    }
    let at = 0;
    for (const piece of pieces) {
      this.bytes.set(piece, at);
      at += piece.length;
    }
    this.bytes.fill(0, at, at + BEHIND);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
