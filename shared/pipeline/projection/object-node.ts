import type { CounterNumbers } from './counter-numbers.ts';
import type { DropCounter, DropSite } from './dropped-keys.ts';

/** What to do with one key of an object. */
export class Role {
  readonly key: string;
  /** Counts it, when it is not in the contract. */
  readonly counter: DropCounter | null;
  /** What stands for the counter where rows are picked; -1 for none. */
  readonly counterNumber: number;
  /** Where its value goes, -1 when it is to be ignored. */
  slot = -1;
  /** What is known below it. */
  node: ObjectNode | null = null;
  /** An array of its own leads on to the rows. */
  holdsRows = false;
  /** Its place in the node's order, -1 for none. */
  place = -1;
  constructor(key: string, counter: DropCounter | null, counterNumber: number) {
    this.key = key;
    this.counter = counter;
    this.counterNumber = counterNumber;
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
