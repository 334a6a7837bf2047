import type { ObjectTree } from '../projection/object-tree.ts';
import {
  CHECK_BYTES,
  CHECK_CELL,
  CHECK_CONSUMER,
  CHECK_ELEMENT,
  ELEMENT_BYTES,
  ELEMENT_DOUBT,
  ELEMENT_END,
  ELEMENT_LEVEL,
  ELEMENT_OUTER,
  ELEMENT_START,
  KIND_ASCII,
  KIND_READY,
  KIND_TEXT,
  REGION_CHECKS,
  REGION_DROPS,
  REGION_ELEMENTS,
  REGION_INPUT,
  REGION_OUTPUT,
  REGION_READY,
  REGION_ROWS,
  ROW_ELEMENT,
} from './assembly/layout.ts';
import type { Consumer } from './consumers.ts';
import { takePageMemory } from './page-memory.ts';
import { type CountedNode, DoubtfulElement, type PickedAnswer, type RowPicker } from './picked-answer.ts';
import { type MoreDrops, PickedPage, PickedRows, type Segment } from './picked-rows.ts';
import type { PickerMemory } from './picker-memory.ts';
import type { PickerModule } from './picker-module.ts';
import type { ProgramWriter } from './program.ts';
import { UnknownKeys } from './unknown-keys.ts';

/** A program in its module's memory. */
export interface LoadedProgram {
  readonly module: PickerModule;
  readonly memory: PickerMemory;
  readonly writer: ProgramWriter;
  readonly nodes: readonly CountedNode[];
  readonly trees: readonly ObjectTree[];
  readonly segments: readonly Segment[];
  readonly consumers: readonly Consumer[];
  /** Addresses of consumers that remember texts, by number. */
  readonly known: readonly number[];
}

/** Enough for every region to grow to what the largest answer needs. */
const MOST_ATTEMPTS = 64;

/**
 * What was taken last by any reader. A collection that meets no object of a hidden class, or none of a program's functions, forgets it, and
 * with it all code that was compiled for it; between two pages, and between two runs, that was all of it.
 */
const LAST: { rows?: PickedRows | DoubtfulElement } = {};

/** What became of one try to read an answer. */
type Attempt = 'done' | 'again' | 'parse';

/** Reads answers by a program: the module reads, values are judged here, the module writes, and the rows are taken out. */
export class AnswerReader implements RowPicker {
  readonly #program: LoadedProgram;
  readonly #unknown: UnknownKeys;
  readonly #rowBytes: number;
  readonly holdsEventTime: boolean;
  #more: MoreDrops = new Map();

  constructor(program: LoadedProgram, holdsEventTime: boolean) {
    this.#program = program;
    this.#unknown = new UnknownKeys(program);
    this.#rowBytes = program.module.rowBytes.value as number;
    this.holdsEventTime = holdsEventTime;
  }

  pick(answer: Buffer): PickedAnswer | undefined {
    for (let nth = 0; nth < MOST_ATTEMPTS; nth += 1) {
      const attempt = this.#attempt(answer);
      if (attempt === 'parse') return undefined;
      if (attempt === 'done') return this.#take();
    }
    return undefined;
  }

  #attempt(answer: Buffer): Attempt {
    const { memory, module } = this.#program;
    if (!memory.take(answer)) return 'parse';
    const end = module.read();
    if (end < 0) return this.#growth();
    const { arrayFrom } = module;
    if (end !== memory.startOf(REGION_INPUT) + answer.length || arrayFrom.value === 0) return 'parse';
    const more = this.#unknown.drops();
    if (more === undefined) return 'again';
    this.#more = more;
    if (!this.#judge()) return memory.grow(REGION_READY) ? 'again' : 'parse';
    return module.write() < 0 ? this.#growth() : 'done';
  }

  #growth(): Attempt {
    const region = this.#program.module.fullRegion.value as number;
    return region >= 0 && this.#program.memory.grow(region) ? 'again' : 'parse';
  }

  /** Looks at what the module leaves to be looked at. @returns false when there is no room for texts. */
  #judge(): boolean {
    const { memory, module, consumers, known } = this.#program;
    const { bytes, words } = memory;
    const to = module.checksTo.value as number;
    let ready = module.readyTo.value as number;
    const end = memory.endOf(REGION_READY);
    for (let at = memory.startOf(REGION_CHECKS); at < to; at += CHECK_BYTES) {
      const id = words[(at + CHECK_CONSUMER) >> 2] as number;
      const consumer = consumers[id] as Consumer;
      const cell = words[(at + CHECK_CELL) >> 2] as number;
      const element = words[(at + CHECK_ELEMENT) >> 2] as number;
      const from = words[cell >> 2] as number;
      const state = words[(cell + 4) >> 2] as number;
      const kind = state & 15;
      const value = this.#valueOf(kind, from, state >>> 4);
      const judged = consumer.judge(value, kind === KIND_ASCII || kind === KIND_TEXT);
      if (judged === true) {
        const place = known[id];
        if (place !== undefined) module.remember(place, from, state >>> 4);
      } else if (judged === false) this.#doubt(element);
      else {
        if (ready + judged.length * 3 + 16 > end) return false;
        const length = bytes.write(judged, ready);
        words[cell >> 2] = ready;
        words[(cell + 4) >> 2] = ((ready + length) << 4) | KIND_READY;
        ready += length;
      }
    }
    return true;
  }

  #valueOf(kind: number, from: number, to: number): unknown {
    const { bytes } = this.#program.memory;
    if (kind === KIND_ASCII) return bytes.toString('latin1', from, to);
    if (kind === KIND_TEXT) return bytes.toString('utf8', from, to);
    return JSON.parse(bytes.toString('utf8', from, to)) as unknown;
  }

  #doubt(element: number): void {
    const { memory } = this.#program;
    memory.set(memory.get(element + ELEMENT_OUTER) + ELEMENT_DOUBT, 1);
  }

  #take(): PickedAnswer {
    const { memory, module } = this.#program;
    const input = memory.startOf(REGION_INPUT);
    const page = copyOut(this.#program, this.#rowBytes, this.#more);
    const rows = module.doubts.value === 0 ? this.#allRows(page) : this.#certainRows(page);
    const [first] = rows;
    if (first !== undefined) LAST.rows = first;
    const arrayFrom = (module.arrayFrom.value as number) - input;
    return { rows, arrayFrom, arrayTo: (module.arrayTo.value as number) - input };
  }

  #allRows(page: PickedPage): PickedRows[] {
    const { memory, module } = this.#program;
    const count = ((module.rowsTo.value as number) - memory.startOf(REGION_ROWS)) / this.#rowBytes;
    return count === 0 ? [] : [new PickedRows(page, 0, count)];
  }

  /** Runs of rows, and between them the elements that are to be parsed. */
  #certainRows(page: PickedPage): (PickedRows | DoubtfulElement)[] {
    const { memory, module, trees } = this.#program;
    const rows: (PickedRows | DoubtfulElement)[] = [];
    const rowsFrom = memory.startOf(REGION_ROWS);
    const count = ((module.rowsTo.value as number) - rowsFrom) / this.#rowBytes;
    const outerOf = (row: number): number =>
      memory.get(memory.get(rowsFrom + row * this.#rowBytes + ROW_ELEMENT) + ELEMENT_OUTER);
    let [from, to] = [0, 0];
    const endRun = (): void => {
      if (to > from) rows.push(new PickedRows(page, from, to));
    };
    const end = module.elementsTo.value as number;
    for (let outer = memory.startOf(REGION_ELEMENTS); outer < end; outer += ELEMENT_BYTES) {
      if (memory.get(outer + ELEMENT_LEVEL) !== trees.length - 1) continue;
      const isDoubtful = memory.get(outer + ELEMENT_DOUBT) !== 0;
      if (isDoubtful) {
        endRun();
        rows.push(this.#doubtful(outer));
      }
      while (to < count && outerOf(to) === outer) to += 1;
      if (isDoubtful) from = to;
    }
    endRun();
    return rows;
  }

  #doubtful(outer: number): DoubtfulElement {
    const { memory } = this.#program;
    const input = memory.startOf(REGION_INPUT);
    return new DoubtfulElement(
      memory.get(outer + ELEMENT_START) - input,
      memory.get(outer + ELEMENT_END) - input,
    );
  }
}

/** Copies texts, rows, elements and drops of the answer in hand into one piece of memory. */
function copyOut(program: LoadedProgram, rowBytes: number, more: MoreDrops): PickedPage {
  const { memory, module, trees, segments } = program;
  const textFrom = memory.startOf(REGION_OUTPUT);
  const textTo = module.outputTo.value as number;
  const parts = [
    { from: memory.startOf(REGION_ROWS), to: module.rowsTo.value as number },
    { from: memory.startOf(REGION_ELEMENTS), to: module.elementsTo.value as number },
    ...trees.map((_, level) => ({ from: memory.startOf(REGION_DROPS + level), to: module.dropsTo(level) })),
  ];
  // Rows have doubles in them.
  const textBytes = (textTo - textFrom + 7) & ~7;
  const page = takePageMemory(parts.reduce((sum, { from, to }) => sum + to - from, textBytes));
  page.bytes.set(memory.bytes.subarray(textFrom, textTo));
  let at = textBytes >> 2;
  const shifts = parts.map(({ from, to }) => {
    page.words.set(memory.words.subarray(from >> 2, to >> 2), at);
    const shift = at - (from >> 2);
    at += (to - from) >> 2;
    return shift;
  });
  const [, elementsShift = 0, ...dropsShift] = shifts;
  const layout = {
    ...{ textFrom, rowsAt: textBytes >> 2, rowWords: rowBytes >> 2 },
    ...{ elementsShift, dropsShift },
  };
  return new PickedPage(page, layout, segments, trees[0] ?? trees, more);
}
