import type { ObjectTree } from '../projection/object-tree.ts';
import {
  CHECK_BYTES,
  CHECK_CELL,
  CHECK_CONSUMER,
  CHECK_ELEMENT,
  ELEMENT_BYTES,
  ELEMENT_DOUBT,
  ELEMENT_DROPS_FROM,
  ELEMENT_DROPS_TO,
  ELEMENT_END,
  ELEMENT_LEVEL,
  ELEMENT_OUTER,
  ELEMENT_PARENT,
  ELEMENT_ROW,
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
  ROW_ENDS,
} from './assembly/layout.ts';
import type { Consumer } from './consumers.ts';
import { type PageMemory, takePageMemory } from './page-memory.ts';
import { type CountedNode, DoubtfulElement, type PickedAnswer, type RowPicker } from './picked-answer.ts';
import { PickedElement, PickedRow, PickedText, type Segment } from './picked-row.ts';
import type { PickerMemory } from './picker-memory.ts';
import type { PickerModule } from './picker-module.ts';
import type { ProgramWriter } from './program.ts';
import { type MoreDrops, UnknownKeys } from './unknown-keys.ts';

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
  readonly entityKeys: readonly string[] | undefined;
}

/** Enough for every region to grow to what the largest answer needs. */
const MOST_ATTEMPTS = 64;

/**
 * What was taken last by any reader. A collection that meets no object of a hidden class, or none of a program's functions, forgets it, and
 * with it all code that was compiled for it; between two pages, and between two runs, that was all of it.
 */
const LAST: { taken?: Taken; row?: PickedRow | DoubtfulElement } = {};

/** What became of one try to read an answer. */
type Attempt = 'done' | 'again' | 'parse';

/** Reads answers by a program: the module reads, values are judged here, the module writes, and the rows are taken out. */
export class AnswerReader implements RowPicker {
  readonly #program: LoadedProgram;
  readonly #unknown: UnknownKeys;
  readonly #rowBytes: number;
  /** By row: whom it is about, and when what it tells happened. */
  #entities: unknown[] = [];
  #eventTimes: (string | null)[] = [];
  #more: MoreDrops = new Map();

  constructor(program: LoadedProgram) {
    this.#program = program;
    this.#unknown = new UnknownKeys(program);
    this.#rowBytes = ROW_ENDS + 4 * program.segments.length;
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
    this.#entities = [];
    this.#eventTimes = [];
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
      if (consumer.isEntity) this.#entities[words[(element + ELEMENT_ROW) >> 2] as number] = value;
      if (consumer.eventTime !== null)
        this.#eventTimes[words[(element + ELEMENT_ROW) >> 2] as number] = consumer.eventTime(value);
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
    const taken = new Taken(this.#program, this.#rowBytes, this.#entities, this.#eventTimes, this.#more);
    const arrayFrom = (module.arrayFrom.value as number) - input;
    const rows = taken.rows();
    Object.assign(LAST, { taken, row: rows[0] });
    return { rows, arrayFrom, arrayTo: (module.arrayTo.value as number) - input };
  }
}

/** Rows of one answer, copied out of the memory, which the next answer is read into. */
class Taken {
  readonly #program: LoadedProgram;
  readonly #rowBytes: number;
  readonly #entities: readonly unknown[];
  readonly #eventTimes: readonly (string | null)[];
  readonly #more: MoreDrops;
  readonly #holdsEventTime: boolean;
  readonly #copies: Copies;
  /** Elements around rows, by their address. */
  readonly #around = new Map<number, unknown[]>();

  constructor(
    program: LoadedProgram,
    rowBytes: number,
    entities: readonly unknown[],
    eventTimes: readonly (string | null)[],
    more: MoreDrops,
  ) {
    this.#program = program;
    this.#rowBytes = rowBytes;
    this.#entities = entities;
    this.#eventTimes = eventTimes;
    this.#more = more;
    this.#holdsEventTime = program.consumers.some(({ eventTime }) => eventTime !== null);
    this.#copies = copyOut(program);
  }

  rows(): (PickedRow | DoubtfulElement)[] {
    const { memory, module, trees, segments } = this.#program;
    const { page, boundsAt } = this.#copies;
    const outermost = trees.length - 1;
    const rows: (PickedRow | DoubtfulElement)[] = [];
    const text = new PickedText(page, segments, boundsAt);
    let row = memory.startOf(REGION_ROWS);
    const rowsTo = module.rowsTo.value as number;
    const to = module.elementsTo.value as number;
    let nth = 0;
    for (let outer = memory.startOf(REGION_ELEMENTS); outer < to; outer += ELEMENT_BYTES) {
      if (memory.get(outer + ELEMENT_LEVEL) !== outermost) continue;
      const isDoubtful = memory.get(outer + ELEMENT_DOUBT) !== 0;
      if (isDoubtful) rows.push(this.#doubtful(outer));
      for (; row < rowsTo; row += this.#rowBytes) {
        const element = memory.get(row + ROW_ELEMENT);
        if (memory.get(element + ELEMENT_OUTER) !== outer) break;
        if (!isDoubtful) rows.push(this.#row(element, nth, text));
        nth += 1;
      }
    }
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

  #row(element: number, nth: number, text: PickedText): PickedRow {
    const { memory, entityKeys } = this.#program;
    const parent = memory.get(element + ELEMENT_PARENT);
    const picked = this.#element(element, 0, entityKeys, this.#entities[nth]);
    const parents = parent === 0 ? [] : this.#parentsOf(parent);
    text.rowTaken();
    const eventTime = this.#holdsEventTime ? (this.#eventTimes[nth] ?? null) : undefined;
    return new PickedRow(picked, parents, text, nth, eventTime);
  }

  /** One list for all rows of an array, the element around them first. */
  #parentsOf(address: number): unknown[] {
    const known = this.#around.get(address);
    if (known !== undefined) return known;
    const { memory } = this.#program;
    const above = memory.get(address + ELEMENT_PARENT);
    const element = this.#element(address, memory.get(address + ELEMENT_LEVEL), undefined, undefined);
    const parents = [element, ...(above === 0 ? [] : this.#parentsOf(above))];
    this.#around.set(address, parents);
    return parents;
  }

  #element(
    address: number,
    level: number,
    keys: readonly string[] | undefined,
    entity: unknown,
  ): PickedElement {
    const { memory, trees } = this.#program;
    const { page, dropsAt } = this.#copies;
    // From an address of the module's memory to a word of the copy.
    const shift = (dropsAt[level] ?? 0) - (memory.startOf(REGION_DROPS + level) >> 2);
    const from = (memory.get(address + ELEMENT_DROPS_FROM) >> 2) + shift;
    const to = (memory.get(address + ELEMENT_DROPS_TO) >> 2) + shift;
    const more = this.#more.get(address);
    return new PickedElement(trees[level] as ObjectTree, page.words, from, to, more, keys, entity);
  }
}

/** Where parts of an answer stand in a copy, in words. */
interface Copies {
  readonly page: PageMemory;
  readonly boundsAt: number;
  readonly dropsAt: readonly number[];
}

/** Copies texts, rows and drops of the answer in hand into one piece of memory; bounds of rows become those of the copy. */
function copyOut({ memory, module, trees }: LoadedProgram): Copies {
  const textFrom = memory.startOf(REGION_OUTPUT);
  const textTo = module.outputTo.value as number;
  const parts = [
    { from: memory.startOf(REGION_ROWS), to: module.rowsTo.value as number },
    ...trees.map((_, level) => ({ from: memory.startOf(REGION_DROPS + level), to: module.dropsTo(level) })),
  ];
  const textBytes = (textTo - textFrom + 3) & ~3;
  const page = takePageMemory(parts.reduce((sum, { from, to }) => sum + to - from, textBytes));
  page.bytes.set(memory.bytes.subarray(textFrom, textTo));
  let at = textBytes >> 2;
  const places = parts.map(({ from, to }) => {
    const place = at;
    page.words.set(memory.words.subarray(from >> 2, to >> 2), place);
    at += (to - from) >> 2;
    return place;
  });
  const [boundsAt = 0, ...dropsAt] = places;
  const boundsTo = dropsAt[0] ?? boundsAt;
  for (let i = boundsAt; i < boundsTo; i += 1) page.words[i] = (page.words[i] as number) - textFrom;
  return { page, boundsAt, dropsAt };
}
