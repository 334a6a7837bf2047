import { LINE_QUOTE } from '../line-quote.ts';
import type { ProjectionSpec } from '../project-row.ts';
import type { ColumnPlan } from '../projection/compile-column.ts';
import type { ObjectNode } from '../projection/object-node.ts';
import type { ObjectTree } from '../projection/object-tree.ts';
import { AnswerReader } from './answer-reader.ts';
import { MOST_LEVELS } from './assembly/layout.ts';
import { type Consumer, Consumers, type PickedColumn } from './consumers.ts';
import type { CountedNode, RowPicker } from './picked-answer.ts';
import type { Segment } from './picked-rows.ts';
import { PickerMemory } from './picker-memory.ts';
import { newPickerModule } from './picker-module.ts';
import { NoProgram, ProgramWriter } from './program.ts';

/** What a projection knows when it opens a picker. */
export interface PickerSpec {
  readonly spec: ProjectionSpec;
  readonly plans: readonly ColumnPlan[];
  /** Of the row's level and those around it, up to the outermost array's element. */
  readonly trees: readonly ObjectTree[];
  /** Keys from the answer to the outermost array. */
  readonly outerKeys: readonly string[];
}

/** @returns null for rows that only parsing can read. */
export function openPicker(opened: PickerSpec): RowPicker | null {
  if (opened.trees.length >= MOST_LEVELS) return null;
  try {
    return compile(opened);
  } catch (error) {
    if (error instanceof NoProgram) return null;
    throw error;
  }
}

function compile({ spec, plans, trees, outerKeys }: PickerSpec): RowPicker {
  const consumers = new Consumers(trees, spec);
  const columns = plans.map((plan) => consumers.columnOf(plan));
  const [entityCell, eventCell] = [cellOfRow(consumers.all, 'isEntity'), cellOfRow(consumers.all, 'isEvent')];
  const module = newPickerModule();
  const memory = new PickerMemory(module);
  const writer = new ProgramWriter(memory);
  const segments = segmentsOf(columns);
  const nodes: CountedNode[] = [];
  module.setUp(trees.length, answerNode(writer, outerKeys), segments.length);
  trees.forEach((tree, level) => {
    const root = new NodeWriter(writer, consumers.all, columns, tree, level, nodes).write(tree.root, []);
    module.setLevel(level, root, consumers.cellsOf(level));
  });
  module.setColumns(...writer.columns(columns), LINE_QUOTE.charCodeAt(0));
  module.setRow(entityCell, eventCell);
  return new AnswerReader(
    { module, memory, writer, nodes, trees, segments, consumers: consumers.all, known: writer.known },
    eventCell >= 0,
  );
}

/** The cell of the one consumer that is so, -1 when there is none. */
function cellOfRow(consumers: readonly Consumer[], which: 'isEntity' | 'isEvent'): number {
  const found = consumers.find((consumer) => consumer[which]);
  if (found === undefined) return -1;
  // Of an element around rows; and a hash is not what the row names its entity by.
  if (found.level > 0 || found.field.hashed === true) throw new NoProgram();
  return found.cell;
}

/** What leads from the answer to the outermost array; 0 when the answer is that array. */
function answerNode(writer: ProgramWriter, keys: readonly string[]): number {
  const last = keys.length - 1;
  return keys.reduceRight((below, key, i) => {
    const node = writer.node(-1);
    if (i === last) writer.rows(node, key);
    else writer.object(node, key, below, -1);
    return node;
  }, 0);
}

/** Writes the nodes of one level. */
class NodeWriter {
  readonly #writer: ProgramWriter;
  readonly #consumers: readonly Consumer[];
  readonly #columns: readonly (PickedColumn | null)[];
  readonly #tree: ObjectTree;
  readonly #level: number;
  readonly #nodes: CountedNode[];

  constructor(
    writer: ProgramWriter,
    consumers: readonly Consumer[],
    columns: readonly (PickedColumn | null)[],
    tree: ObjectTree,
    level: number,
    nodes: CountedNode[],
  ) {
    this.#writer = writer;
    this.#consumers = consumers;
    this.#columns = columns;
    this.#tree = tree;
    this.#level = level;
    this.#nodes = nodes;
  }

  write(node: ObjectNode, keys: readonly string[]): number {
    const id = this.#nodes.length;
    const address = this.#writer.node(id);
    this.#nodes.push({ node, address });
    for (const [key, role] of node.known) {
      const way = [...keys, key];
      const wanted = this.#consumersAt(way);
      const isRows = role.holdsRows;
      if (wanted.length > 0 && (isRows || role.node !== null)) throw new NoProgram();
      if (isRows) this.#writer.rows(address, key);
      else if (role.node !== null)
        this.#writer.object(address, key, this.write(role.node, way), this.#cellOf(way));
      else if (wanted.length > 0) this.#writer.value(address, key, wanted);
      else this.#writer.skip(address, key);
    }
    return address;
  }

  #consumersAt(way: readonly string[]): [number, Consumer][] {
    const slot = this.#tree.slotOf(way);
    if (slot < 0) return [];
    return [...this.#consumers.entries()].filter(
      ([, consumer]) => consumer.level === this.#level && consumer.slot === slot,
    );
  }

  #cellOf(way: readonly string[]): number {
    const path = way.join('.');
    const shaped = this.#columns.filter(
      (column) =>
        column !== null && 'keys' in column && column.level === this.#level && column.keys.join('.') === path,
    );
    if (shaped.length > 1) throw new NoProgram();
    const [only] = shaped;
    return only != null && 'cell' in only ? only.cell : -1;
  }
}

function segmentsOf(columns: readonly (PickedColumn | null)[]): Segment[] {
  const segments: Segment[] = [];
  columns.forEach((column, i) => {
    const last = segments.at(-1);
    if (column === null) return;
    if (last?.to === i) segments[segments.length - 1] = { from: last.from, to: i + 1 };
    else segments.push({ from: i, to: i + 1 });
  });
  return segments;
}
