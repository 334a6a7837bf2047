import { JsonCursor } from '#shared/json/json-cursor.ts';
import { JsonText } from '#shared/json/json-text.ts';
import { skipColon, skipJson, skipSpace } from '#shared/json/skip-json.ts';
import type { ObjectNode, Role } from './object-node.ts';
import { type ObjectTree, WALKED } from './object-tree.ts';
import { DropLog, PickedObject } from './picked-object.ts';

/** Keys that may be absent from an object before the others are looked up by name. */
const LOOK_AHEAD = 4;
const FIRST_LOG = 256;

/**
 * Reads rows out of an answer's bytes, for one projection: declared values and nothing else become values, so that neither text nor
 * objects come about for what is thrown away. What it makes of an answer is what projecting its parsed rows makes; where it
 * is not certain of that (no JSON, keys twice, arrays that are none) it gives the answer back.
 */
export interface RowPicker {
  /**
   * Reads the outermost array of rows, and the arrays within down to the rows.
   *
   * @param text valid UTF-8.
   * @param at the array's opening bracket.
   * @param rows to add to; what they have around them are the elements of the arrays, innermost first.
   * @returns the index after the array, or -1 when the answer is to be parsed instead.
   */
  pick(text: JsonText, at: number, rows: PickedRow[]): number;
}

/** A row as `RawRow` has it. */
export interface PickedRow {
  readonly value: PickedObject;
  /** One list for all rows of an array. */
  readonly parents: unknown[];
}

/** @param trees of the row's level and those around it, up to the outermost array's element. */
export function openPicker(trees: readonly ObjectTree[]): RowPicker {
  return new TreePicker(trees);
}

/** An element of an array that is being read: a row, or what is around rows. */
interface Element {
  /** Its level. */
  readonly up: number;
  /** The elements around it. */
  readonly around: unknown[];
  readonly picked: PickedObject;
  /** Its number in the picker's life. */
  readonly nth: number;
  /** Whether the array that leads on to the rows has come. */
  hasRows: boolean;
}

class TreePicker implements RowPicker {
  readonly #trees: readonly ObjectTree[];
  #text: DataView = new JsonText().view;
  #cursor = new JsonCursor(new JsonText());
  #logs: DropLog[] = [];
  #rows: PickedRow[] = [];
  #element: Element | undefined;
  /** Elements so far. */
  #count = 0;

  constructor(trees: readonly ObjectTree[]) {
    this.#trees = trees;
  }

  pick(text: JsonText, at: number, rows: PickedRow[]): number {
    this.#rows = rows;
    this.#logs = this.#trees.map((_, up) => new DropLog(this.#logs[up]?.length || FIRST_LOG));
    this.#text = text.view;
    this.#cursor = new JsonCursor(text);
    this.#element = undefined;
    return this.#array(at);
  }

  /** Elements of one array, a level below the one in hand. */
  #array(at: number): number {
    const text = this.#text;
    if (text.getUint8(at) !== 0x5b) return -1;
    const above = this.#element;
    const around = above === undefined ? [] : [above.picked, ...above.around];
    const up = (above?.up ?? this.#trees.length) - 1;
    let i = skipSpace(text, at + 1);
    if (text.getUint8(i) === 0x5d) return i + 1;
    for (;;) {
      i = this.#oneOf(up, around, i);
      if (i < 0) return -1;
      i = skipSpace(text, i);
      if (text.getUint8(i) === 0x5d) break;
      if (text.getUint8(i) !== 0x2c) return -1;
      i = skipSpace(text, i + 1);
    }
    this.#element = above;
    return i + 1;
  }

  #oneOf(up: number, around: unknown[], at: number): number {
    const tree = this.#trees[up];
    const log = this.#logs[up];
    if (tree === undefined || log === undefined || this.#text.getUint8(at) !== 0x7b) return -1;
    const picked = new PickedObject(tree, tree.walkedSlots(), log);
    this.#count += 1;
    const element = { up, around, picked, nth: this.#count, hasRows: false };
    this.#element = element;
    const end = this.#object(tree.root, element, at);
    if (up === 0) this.#rows.push({ value: picked, parents: around });
    else if (!element.hasRows) return -1;
    picked.dropsTo = log.length;
    return end;
  }

  #object(node: ObjectNode, element: Element, from: number): number {
    const text = this.#text;
    const cursor = this.#cursor;
    let next = 0;
    let at = skipSpace(text, from + 1);
    if (text.getUint8(at) === 0x7d) return at + 1;
    for (;;) {
      if (text.getUint8(at) !== 0x22) return -1;
      let role = expectedRole(node.order, next, text, at + 1);
      if (role !== undefined) at += role.length + 1;
      else if (cursor.read(at)) {
        role = node.roleOf(cursor.value as string);
        ({ at } = cursor);
      } else return -1;
      if (role.place >= 0) next = role.place + 1;
      at = skipColon(text, at);
      if (at >= 0) at = this.#member(role, element, at);
      if (at < 0) return -1;
      at = skipSpace(text, at);
      if (text.getUint8(at) === 0x7d) return at + 1;
      if (text.getUint8(at) !== 0x2c) return -1;
      at = skipSpace(text, at + 1);
    }
  }

  /** @returns the index after the value at `at`, or -1. */
  #member(role: Role, element: Element, at: number): number {
    const text = this.#text;
    const { picked, nth } = element;
    // A key that comes twice: the last one counts, and what the first one left would have to go.
    if (role.pickedOf === nth) return -1;
    role.pickedOf = nth;
    if (role.counter !== null) {
      picked.drops.add(role.counterNumber);
      return skipJson(text, at);
    }
    if (role.holdsRows) return role.slot < 0 ? this.#rowsBelow(element, at) : -1;
    const { slot } = role;
    if (slot < 0) return skipJson(text, at);
    if (role.node === null || text.getUint8(at) !== 0x7b) return this.#value(picked, slot, at);
    picked.slots[slot] = WALKED;
    return this.#object(role.node, element, at);
  }

  #value(picked: PickedObject, slot: number, at: number): number {
    const cursor = this.#cursor;
    if (!cursor.read(at)) return -1;
    picked.slots[slot] = cursor.value;
    return cursor.at;
  }

  #rowsBelow(element: Element, at: number): number {
    if (element.hasRows) return -1;
    element.hasRows = true;
    return this.#array(at);
  }
}

/** The role whose key stands there, when it is one of the next in order. */
function expectedRole(order: readonly Role[], next: number, text: DataView, at: number): Role | undefined {
  const last = Math.min(next + LOOK_AHEAD, order.length);
  for (let i = next; i < last; i += 1) {
    const role = order[i];
    if (role?.isAt(text, at)) return role;
  }
  return undefined;
}
