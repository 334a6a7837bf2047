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

class TreePicker implements RowPicker {
  readonly #trees: readonly ObjectTree[];
  #text: DataView = new JsonText().view;
  #cursor = new JsonCursor(new JsonText());
  #logs: DropLog[] = [];
  #rows: PickedRow[] = [];
  /** Of the element in hand: its level, what is around its rows, its values, and whether the array on to the rows has come. */
  #up = 0;
  #around: unknown[] = [];
  #element: PickedObject | undefined;
  #hasRows = false;
  /** Its number, and how many there were. */
  #nth = 0;
  #count = 0;

  constructor(trees: readonly ObjectTree[]) {
    this.#trees = trees;
  }

  pick(text: JsonText, at: number, rows: PickedRow[]): number {
    this.#rows = rows;
    this.#logs = this.#trees.map((_, up) => new DropLog(this.#logs[up]?.length || FIRST_LOG));
    this.#text = text.view;
    this.#cursor = new JsonCursor(text);
    this.#up = this.#trees.length;
    this.#around = [];
    this.#element = undefined;
    return this.#array(at);
  }

  /** Elements of one array, a level below the one in hand. */
  #array(at: number): number {
    const text = this.#text;
    if (text.getUint8(at) !== 0x5b) return -1;
    const above = { up: this.#up, around: this.#around, element: this.#element, nth: this.#nth };
    const around = above.element === undefined ? [] : [above.element, ...above.around];
    const up = above.up - 1;
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
    this.#up = above.up;
    this.#around = above.around;
    this.#element = above.element;
    this.#nth = above.nth;
    return i + 1;
  }

  #oneOf(up: number, around: unknown[], at: number): number {
    const tree = this.#trees[up];
    const log = this.#logs[up];
    if (tree === undefined || log === undefined || this.#text.getUint8(at) !== 0x7b) return -1;
    const picked = new PickedObject(tree, tree.walkedSlots(), log);
    this.#up = up;
    this.#around = around;
    this.#element = picked;
    this.#hasRows = false;
    this.#count += 1;
    this.#nth = this.#count;
    const end = this.#object(tree.root, picked, at);
    if (up === 0) this.#rows.push({ value: picked, parents: around });
    else if (!this.#hasRows) return -1;
    picked.dropsTo = log.length;
    return end;
  }

  #object(node: ObjectNode, picked: PickedObject, from: number): number {
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
      if (at >= 0) at = this.#member(role, picked, at);
      if (at < 0) return -1;
      at = skipSpace(text, at);
      if (text.getUint8(at) === 0x7d) return at + 1;
      if (text.getUint8(at) !== 0x2c) return -1;
      at = skipSpace(text, at + 1);
    }
  }

  /** @returns the index after the value at `at`, or -1. */
  #member(role: Role, picked: PickedObject, at: number): number {
    const text = this.#text;
    // A key that comes twice: the last one counts, and what the first one left would have to go.
    if (role.pickedOf === this.#nth) return -1;
    role.pickedOf = this.#nth;
    if (role.counter !== null) {
      picked.drops.add(role.counterNumber);
      return skipJson(text, at);
    }
    if (role.holdsRows) return role.slot < 0 ? this.#rowsBelow(at) : -1;
    const { slot } = role;
    if (slot < 0) return skipJson(text, at);
    if (role.node === null || text.getUint8(at) !== 0x7b) return this.#value(picked, slot, at);
    picked.slots[slot] = WALKED;
    return this.#object(role.node, picked, at);
  }

  #value(picked: PickedObject, slot: number, at: number): number {
    const cursor = this.#cursor;
    if (!cursor.read(at)) return -1;
    picked.slots[slot] = cursor.value;
    return cursor.at;
  }

  #rowsBelow(at: number): number {
    if (this.#hasRows) return -1;
    const end = this.#array(at);
    this.#hasRows = true;
    return end;
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
