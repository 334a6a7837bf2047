import {
  CELL_BYTES,
  ELEMENT_BYTES,
  ELEMENT_CELLS,
  ELEMENT_DOUBT,
  ELEMENT_DROPS_FROM,
  ELEMENT_HAS_ROWS,
  ELEMENT_LEVEL,
  ELEMENT_NTH,
  ELEMENT_OUTER,
  ELEMENT_PARENT,
  ELEMENT_START,
  MOST_LEVELS,
  REGION_CELLS,
  REGION_DROPS,
  REGION_ELEMENTS,
} from './layout';
import { endOf, full, startOf } from './regions';

/** Root node and number of cells of each level, the answer's own behind the outermost element's. */
const LEVELS: usize = memory.data((MOST_LEVELS + 1) * 8);
/** How far the drops of each level are written. */
const DROPS: usize = memory.data(MOST_LEVELS * 4);

/** Levels of elements that are read; the answer itself is above them. */
export let levels: i32 = 0;

/** How far elements and their cells are written. */
export let elementsTo: i32 = 0;
let cellsTo: i32 = 0;

/** Elements so far, over all answers. */
let count: i32 = 0;
/** The element of the outermost array that is being read. */
let outer: i32 = 0;

/** @param answer the answer's node, 0 when the answer is the outermost array. */
export function setUpLevels(number: i32, answer: i32): void {
  levels = number;
  setLevel(number, answer, 0);
}

export function setLevel(level: i32, root: i32, cells: i32): void {
  store<i32>(LEVELS + level * 8, root);
  store<i32>(LEVELS + level * 8, cells, 4);
}

/** The node of a level's elements. */
export function rootOf(level: i32): i32 {
  return load<i32>(LEVELS + level * 8);
}

export function dropsTo(level: i32): i32 {
  return load<i32>(DROPS + level * 4);
}

/** Starts anew, for an answer. */
export function beginElements(): void {
  elementsTo = startOf(REGION_ELEMENTS);
  cellsTo = startOf(REGION_CELLS);
  outer = 0;
  for (let level = 0; level < levels; level += 1)
    store<i32>(DROPS + level * 4, startOf(REGION_DROPS + level));
}

/** @returns 0 when there is no room for it. */
export function newElement(level: i32, parent: i32, at: i32): i32 {
  const cellBytes = load<i32>(LEVELS + level * 8, 4) * CELL_BYTES;
  const element = elementsTo;
  const cells = cellsTo;
  if (element + ELEMENT_BYTES > endOf(REGION_ELEMENTS)) full(REGION_ELEMENTS);
  else if (cells + cellBytes > endOf(REGION_CELLS)) full(REGION_CELLS);
  else {
    elementsTo += ELEMENT_BYTES;
    cellsTo += cellBytes;
    memory.fill(cells, 0, cellBytes);
    count += 1;
    if (level === levels - 1) outer = element;
    store<i32>(element, level, ELEMENT_LEVEL);
    store<i32>(element, parent, ELEMENT_PARENT);
    store<i32>(element, cells, ELEMENT_CELLS);
    store<i32>(element, at, ELEMENT_START);
    store<i32>(element, outer, ELEMENT_OUTER);
    store<i32>(element, 0, ELEMENT_DOUBT);
    store<i32>(element, count, ELEMENT_NTH);
    store<i32>(element, 0, ELEMENT_HAS_ROWS);
    if (level < levels) store<i32>(element, dropsTo(level), ELEMENT_DROPS_FROM);
    return element;
  }
  return 0;
}

/** The element in hand is to be parsed: nothing that is read of it counts. */
export function doubt(): void {
  store<i32>(outer, 1, ELEMENT_DOUBT);
}

/** Logs that a key was dropped. @returns false when there is no room for it. */
export function drop(level: i32, number: i32): bool {
  const to = dropsTo(level);
  if (to + 4 > endOf(REGION_DROPS + level)) {
    full(REGION_DROPS + level);
    return false;
  }
  store<i32>(to, number);
  store<i32>(DROPS + level * 4, to + 4);
  return true;
}

/** Whether it is the answer itself, which is in no array. */
export function isAnswer(element: i32): bool {
  return load<i32>(element, ELEMENT_LEVEL) === levels;
}
