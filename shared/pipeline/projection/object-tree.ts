import { countDropped, type DropCounter, type DroppedKeys, type DropSite } from './dropped-keys.ts';
import { pathText } from './row-path.ts';

/** Stands in a slot for an object that was walked through. */
export const WALKED: unique symbol = Symbol('walked');

/** What to do with one key of an object. */
interface Role {
  readonly key: string;
  /** Where its value goes, -1 when it is to be ignored. */
  slot: number;
  /** What is known below it. */
  node: ObjectNode | null;
  /** Counts it, when it is not in the contract. */
  readonly counter: DropCounter | null;
  /** Its place in the node's order, -1 for none. */
  place: number;
}

/** Keys of one path that are remembered, with their order, besides those of the contract. */
const REMEMBERED_KEYS = 256;

/** What is known of the objects at one path. */
class ObjectNode {
  readonly known = new Map<string, Role>();
  readonly dropped = new Map<string, Role>();
  /** Roles as their keys first came: objects of one API have their keys in one order, but for some that are absent. */
  readonly order: Role[] = [];
  readonly path: string;
  readonly site: DropSite;

  constructor(path: string, site: DropSite) {
    this.path = path;
    this.site = site;
  }

  /** The role of a key that is not the next in order. */
  roleOf(key: string): Role {
    const role = this.known.get(key) ?? this.dropped.get(key) ?? this.#newDropped(key);
    if (role.place < 0 && this.order.length < REMEMBERED_KEYS) role.place = this.order.push(role) - 1;
    return role;
  }

  #newDropped(key: string): Role {
    const role = { key, slot: -1, node: null, counter: this.site.counterOf(key), place: -1 };
    // Those beyond are counted all the same: nothing here grows with the rows.
    if (this.dropped.size < REMEMBERED_KEYS) this.dropped.set(key, role);
    return role;
  }
}

/**
 * The objects that a projection reads at one level: the row, or an element around it. One pass over the keys of each
 * puts declared values into slots and counts all others; nothing below a key that is not declared is looked at.
 */
export class ObjectTree {
  /** Values of the last object, by slot. Slot 0 is the object itself. */
  readonly slots: unknown[] = [undefined];
  readonly #root: ObjectNode;
  readonly #dropped: DroppedKeys;

  constructor(up: number, dropped: DroppedKeys) {
    this.#dropped = dropped;
    this.#root = this.#nodeAt(pathText(up, []));
  }

  /** The slots on the way to a value, its own last. They are made on first asking. */
  slotsTo(keys: readonly string[]): readonly number[] {
    const way = [0];
    let node = this.#root;
    keys.forEach((key, index) => {
      const role = this.#roleOf(node, key);
      if (role.slot < 0) role.slot = this.slots.push(undefined) - 1;
      way.push(role.slot);
      if (index < keys.length - 1) node = this.#below(node, role);
    });
    return way;
  }

  /** Makes a slot's object one that is walked through. */
  enter(keys: readonly string[]): void {
    this.#nodeOf(keys);
  }

  /** Declares that a value is known and not wanted. */
  ignore(keys: readonly string[]): void {
    const last = keys.at(-1);
    if (last !== undefined) this.#roleOf(this.#nodeOf(keys.slice(0, -1)), last);
  }

  /** Reads one object. What an earlier one left is forgotten. */
  read(value: unknown, entity: number | undefined): void {
    this.slots.fill(undefined);
    this.slots[0] = value;
    if (!isPlainObject(value)) return;
    this.slots[0] = WALKED;
    walk(this.#root, value, this.slots, entity, inheritsNothing());
  }

  #nodeOf(keys: readonly string[]): ObjectNode {
    return keys.reduce((node, key) => this.#below(node, this.#roleOf(node, key)), this.#root);
  }

  #roleOf(node: ObjectNode, key: string): Role {
    const role = node.known.get(key) ?? { key, slot: -1, node: null, counter: null, place: -1 };
    node.known.set(key, role);
    return role;
  }

  #below(node: ObjectNode, role: Role): ObjectNode {
    if (role.slot < 0) role.slot = this.slots.push(undefined) - 1;
    const isLevel = node.path === '' || node.path.endsWith('^');
    role.node ??= this.#nodeAt(`${node.path}${isLevel ? '' : '.'}${role.key}`);
    return role.node;
  }

  #nodeAt(path: string): ObjectNode {
    return new ObjectNode(path, this.#dropped.site(path));
  }
}

/** `for … in` with a read of the same key is several times as fast as reading by a list of keys. */
function walk(
  node: ObjectNode,
  object: Readonly<Record<string, unknown>>,
  slots: unknown[],
  entity: number | undefined,
  isClean: boolean,
): void {
  const { order } = node;
  let next = 0;
  for (const key in object) {
    if (!isClean && !Object.hasOwn(object, key)) continue;
    let role = order[next];
    if (role === undefined || role.key !== key) role = node.roleOf(key);
    if (role.place >= 0) next = role.place + 1;
    if (role.counter !== null) countDropped(role.counter, entity);
    else if (role.slot >= 0) {
      const value = object[key];
      if (role.node !== null && isPlainObject(value)) {
        slots[role.slot] = WALKED;
        walk(role.node, value, slots, entity, isClean);
      } else slots[role.slot] = value;
    }
  }
}

/** An object as JSON has it: no array, and no instance of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const EMPTY: object = {};

/** False when somebody has put keys on the prototype of all objects, which must never pass for a row's. */
function inheritsNothing(): boolean {
  for (const _ in EMPTY) return false;
  return true;
}
