import { fnvOfBytes } from '#shared/pipeline/fnv-hash.ts';

const FIRST_PLACES = 16;
const FIRST_BYTES = 128;
/** Of its places at most so many are taken, one in this many. */
const ROOM = 2;

/**
 * A set of texts, held as bytes: a slice may have many thousands, and as strings they were what V8's old generation filled up with. Places
 * are found by a hash, and a text is told from another by its bytes.
 */
export class EntitySet {
  /** By place: 1 + the number of its text, 0 where there is none. */
  #places = new Int32Array(FIRST_PLACES);
  /** Where each text ends; the first begins at 0. */
  #ends = new Int32Array(FIRST_PLACES / ROOM);
  #bytes = Buffer.alloc(FIRST_BYTES);
  #count = 0;

  get size(): number {
    return this.#count;
  }

  has(text: string): boolean {
    const bytes = Buffer.from(text);
    return this.#places[this.#placeOf(bytes, 0, bytes.length)] !== 0;
  }

  /** Makes room for so many more texts at once. */
  expect(more: number): void {
    let places = this.#places.length;
    while ((this.#count + more) * ROOM >= places) places *= 2;
    if (places > this.#places.length) this.#spread(places);
  }

  /** @returns whether it was not there. */
  addText(text: string): boolean {
    const bytes = Buffer.from(text);
    return this.add(bytes, 0, bytes.length);
  }

  /** The same of a text that stands among other bytes. */
  add(bytes: Uint8Array, from: number, to: number): boolean {
    const place = this.#placeOf(bytes, from, to);
    if (this.#places[place] !== 0) return false;
    const start = this.#endOf(this.#count - 1);
    this.#makeRoom(start + to - from);
    for (let i = from; i < to; i += 1) this.#bytes[start + i - from] = bytes[i] ?? 0;
    this.#ends[this.#count] = start + to - from;
    this.#count += 1;
    this.#places[place] = this.#count;
    if (this.#count * ROOM >= this.#places.length) this.#spread(this.#places.length * 2);
    return true;
  }

  /** Where a text stands, or would. */
  #placeOf(bytes: Uint8Array, from: number, to: number): number {
    const mask = this.#places.length - 1;
    let place = hashOf(bytes, from, to) & mask;
    for (let taken = this.#places[place] ?? 0; taken !== 0; taken = this.#places[place] ?? 0) {
      if (this.#isAt(taken - 1, bytes, from, to)) return place;
      place = (place + 1) & mask;
    }
    return place;
  }

  #isAt(number: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#endOf(number - 1);
    if (this.#endOf(number) - start !== to - from) return false;
    for (let i = from; i < to; i += 1) if (this.#bytes[start + i - from] !== bytes[i]) return false;
    return true;
  }

  #endOf(number: number): number {
    return number < 0 ? 0 : (this.#ends[number] ?? 0);
  }

  #makeRoom(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const larger = Buffer.alloc(Math.max(bytes, this.#bytes.length * 2));
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }

  #spread(places: number): void {
    this.#places = new Int32Array(places);
    const ends = new Int32Array(places / ROOM);
    ends.set(this.#ends);
    this.#ends = ends;
    for (let number = 0; number < this.#count; number += 1) {
      const place = this.#placeOf(this.#bytes, this.#endOf(number - 1), this.#endOf(number));
      this.#places[place] = number + 1;
    }
  }
}

/** Mixed once more, since places are chosen by its lowest bits. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  const hash = fnvOfBytes(bytes, from, to);
  return hash ^ (hash >>> 15);
}
