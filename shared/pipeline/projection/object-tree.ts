import { CounterNumbers } from './counter-numbers.ts';
import { countDropped, type DroppedKeys } from './dropped-keys.ts';
import { ObjectNode, type Role } from './object-node.ts';
import { pathText } from './row-path.ts';

/** Stands in a slot for an object that was walked through. */
export const WALKED: unique symbol = Symbol('walked');

/**
 * The objects that a projection reads at one level: the row, or an element around it. One pass over the keys of each
 * puts declared values into slots and counts all others; nothing below a key that is not declared is looked at.
 */
export class ObjectTree {
  /** Values of the last object, by slot. Slot 0 is the object itself. */
  readonly slots: unknown[] = [undefined];
  readonly root: ObjectNode;
  readonly #dropped: DroppedKeys;
  readonly #counters = new CounterNumbers();

  constructor(up: number, dropped: DroppedKeys) {
    this.#dropped = dropped;
    this.root = this.#nodeAt(pathText(up, []));
  }

  /** The slots on the way to a value, its own last. They are made on first asking. */
  slotsTo(keys: readonly string[]): readonly number[] {
    const way = [0];
    let node = this.root;
    keys.forEach((key, index) => {
      const role = node.declare(key);
      if (role.slot < 0) role.slot = this.slots.push(undefined) - 1;
      way.push(role.slot);
      if (index < keys.length - 1) node = this.#below(node, role);
    });
    return way;
  }

  /** Of a declared path; -1 where nothing is kept of it. */
  slotOf(keys: readonly string[]): number {
    let node: ObjectNode | null = this.root;
    let slot = 0;
    for (const key of keys) {
      const role: Role | undefined = node?.known.get(key);
      if (role === undefined) return -1;
      ({ slot, node } = role);
    }
    return slot;
  }

  /** Makes a slot's object one that is walked through. */
  enter(keys: readonly string[]): void {
    this.#nodeOf(keys);
  }

  /** Declares that a value is known and not wanted. */
  ignore(keys: readonly string[]): void {
    this.#roleOf(keys);
  }

  /** Declares an array that leads on to the rows: not wanted as a value. */
  leadsOn(keys: readonly string[]): void {
    const role = this.#roleOf(keys);
    if (role !== undefined) role.holdsRows = true;
  }

  /** Counts what was dropped of one object that was picked. @param numbers of counters, from one place to another. */
  countDrops(numbers: ArrayLike<number>, from: number, to: number, entity: number | undefined): void {
    for (let i = from; i < to; i += 1) {
      const counter = this.#counters.at(numbers[i] ?? -1);
      if (counter !== undefined) countDropped(counter, entity);
    }
  }

  /** Reads one object that was parsed. What an earlier one left is forgotten. */
  read(value: unknown, entity: number | undefined): void {
    this.slots.fill(undefined);
    this.slots[0] = value;
    if (!isPlainObject(value)) return;
    this.slots[0] = WALKED;
    walk(this.root, value, this.slots, entity, inheritsNothing());
  }

  /** Undefined where there are no keys: that is the object itself. */
  #roleOf(keys: readonly string[]): Role | undefined {
    const last = keys.at(-1);
    return last === undefined ? undefined : this.#nodeOf(keys.slice(0, -1)).declare(last);
  }

  #nodeOf(keys: readonly string[]): ObjectNode {
    return keys.reduce((node, key) => this.#below(node, node.declare(key)), this.root);
  }

  #below(node: ObjectNode, role: Role): ObjectNode {
    if (role.slot < 0) role.slot = this.slots.push(undefined) - 1;
    const isLevel = node.path === '' || node.path.endsWith('^');
    role.node ??= this.#nodeAt(`${node.path}${isLevel ? '' : '.'}${role.key}`);
    return role.node;
  }

  #nodeAt(path: string): ObjectNode {
    return new ObjectNode(path, this.#dropped.site(path), this.#counters);
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
