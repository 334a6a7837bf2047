import type { OnReadOpts, Socket } from 'node:net';

/** What Node receives at once at most, where it provides the memory itself. */
const PLACE_BYTES = 64 * 1024;
/** Of places that nobody uses at the moment. */
const MAX_IDLE_PLACES = 64;

/** A piece of memory that one read of a socket fills. */
interface Place {
  readonly bytes: Uint8Array;
  /** How much the last read brought; 0 while it may be read into. */
  filled: number;
}

/**
 * Memory that sockets receive into, used again. Left to itself, Node allocates 64 KiB for each read, outside of the heap, and only
 * collections of the whole heap free them: a snapshot of 100,000 devices came to four, on top of some thousand fresh pages.
 *
 * A place is read into again once a body's piece that ends where its read ended was copied ({@link ReceiveMemory.copied}). Then nothing of what
 * was read is needed any longer: a head was parsed before its body, and what is kept for later is a piece that ends sooner. All other
 * places are left to the collector, as Node's own are.
 */
export class ReceiveMemory {
  readonly #idle: Place[] = [];
  /** Those filled, by their memory. Weak, for places that never come back. */
  readonly #filled = new WeakMap<ArrayBufferLike, Place>();

  /** For one socket, which need not be there before its first read. */
  onRead(socket: () => Socket): OnReadOpts {
    let place: Place | undefined;
    return {
      buffer: () => {
        place = this.#take();
        return place.bytes;
      },
      callback: (length, { buffer, byteOffset }) => {
        if (place !== undefined) {
          place.filled = length;
          this.#filled.set(buffer, place);
        }
        return socket().push(Buffer.from(buffer, byteOffset, length));
      },
    };
  }

  /** Whoever took in a piece of a body has copied it and keeps nothing of it. */
  copied(piece: Uint8Array): void {
    const place = this.#filled.get(piece.buffer);
    if (place === undefined || place.filled === 0) return;
    if (piece.byteOffset + piece.length !== place.filled) return;
    place.filled = 0;
    if (this.#idle.length < MAX_IDLE_PLACES) this.#idle.push(place);
  }

  #take(): Place {
    return this.#idle.pop() ?? { bytes: new Uint8Array(PLACE_BYTES), filled: 0 };
  }
}
