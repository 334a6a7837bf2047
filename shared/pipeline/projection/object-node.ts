import type { DropCounter, DropSite } from './dropped-keys.ts';
import type { CounterNumbers } from './picked-object.ts';

/** What to do with one key of an object. */
export class Role {
  readonly key: string;
  /** Counts it, when it is not in the contract. */
  readonly counter: DropCounter | null;
  /** What stands for the counter in a log; -1 for none. */
  readonly counterNumber: number;
  /** Where its value goes, -1 when it is to be ignored. */
  slot = -1;
  /** What is known below it. */
  node: ObjectNode | null = null;
  /** An array of its own leads on to the rows. */
  holdsRows = false;
  /** Its place in the node's order, -1 for none. */
  place = -1;
  /** The last element it was picked of, by which a key that comes twice is known. */
  pickedOf = 0;
  /** Bytes of the key as JSON has it, with no more escapes than needed, up to its closing quote. */
  readonly length: number;
  /** The same bytes as words of four, then what is left of them. */
  readonly #words: Int32Array;
  readonly #rest: number;
  readonly #restMask: number;

  constructor(key: string, counter: DropCounter | null, counterNumber: number) {
    this.key = key;
    this.counter = counter;
    this.counterNumber = counterNumber;
    const bytes = Buffer.from(JSON.stringify(key).slice(1));
    const whole = bytes.length >> 2;
    const padded = Buffer.concat([bytes, Buffer.alloc(4)]);
    this.length = bytes.length;
    this.#words = Int32Array.from({ length: whole }, (_, nth) => padded.readInt32LE(nth * 4));
    this.#rest = padded.readInt32LE(whole * 4);
    this.#restMask = 2 ** ((bytes.length & 3) * 8) - 1;
  }

  /** Whether the key stands there, behind its opening quote. Four bytes must be there to be read. */
  isAt(text: DataView, at: number): boolean {
    const words = this.#words;
    let end = at;
    for (let nth = 0; nth < words.length; nth += 1) {
      if (text.getInt32(end, true) !== words[nth]) return false;
      end += 4;
    }
    return (text.getInt32(end, true) & this.#restMask) === this.#rest;
  }
}

/** Keys of one path that are remembered, with their order, besides those of the contract. */
const REMEMBERED_KEYS = 256;

/** What is known of the objects at one path. */
export class ObjectNode {
  readonly known = new Map<string, Role>();
  readonly #dropped = new Map<string, Role>();
  /** Roles as their keys first came: objects of one API have their keys in one order, but for some that are absent. */
  readonly order: Role[] = [];
  readonly path: string;
  readonly #site: DropSite;
  readonly #numbers: CounterNumbers;

  /** @param numbers of all counters at one level. */
  constructor(path: string, site: DropSite, numbers: CounterNumbers) {
    this.path = path;
    this.#site = site;
    this.#numbers = numbers;
  }

  /** The role of a declared key, made on first asking. */
  declare(key: string): Role {
    const role = this.known.get(key) ?? new Role(key, null, -1);
    this.known.set(key, role);
    return role;
  }

  /** The role of a key that is not the next in order. */
  roleOf(key: string): Role {
    const role = this.known.get(key) ?? this.#dropped.get(key) ?? this.#newDropped(key);
    if (role.place < 0 && this.order.length < REMEMBERED_KEYS) role.place = this.order.push(role) - 1;
    return role;
  }

  #newDropped(key: string): Role {
    const counter = this.#site.counterOf(key);
    const role = new Role(key, counter, this.#numbers.of(counter));
    // Those beyond are counted all the same: nothing here grows with the rows.
    if (this.#dropped.size < REMEMBERED_KEYS) this.#dropped.set(key, role);
    return role;
  }
}
