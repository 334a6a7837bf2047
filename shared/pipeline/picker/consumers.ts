import { type Field, isShape, type JsonShape } from '../field.ts';
import type { ProjectionSpec } from '../project-row.ts';
import type { ColumnPlan } from '../projection/compile-column.ts';
import { timeAt } from '../projection/event-time.ts';
import type { ObjectTree } from '../projection/object-tree.ts';
import { parseRowPath } from '../projection/row-path.ts';
import { type Judgement, judgeColumn, judgeLeaf } from './judge-value.ts';

/** A column, or leaf of one, that a value of an answer is for. */
export interface Consumer {
  readonly level: number;
  /** Of its value, in the tree of its level. */
  readonly slot: number;
  readonly cell: number;
  readonly field: Field;
  /** Whether it is a shape's, whose values are written as JSON. */
  readonly isLeaf: boolean;
  readonly judge: Judgement;
  /** Whether it is the field that says whom a row is about. */
  readonly isEntity: boolean;
  /** Whether it is the event's time. */
  readonly isEvent: boolean;
}

/** A shape's member with the consumer of its value, or with members of its own. */
export type Member =
  | { readonly key: string; readonly consumer: Consumer }
  | { readonly key: string; readonly members: readonly Member[] };

/** A column that answers hold. */
export type PickedColumn =
  | { readonly plan: ColumnPlan; readonly level: number; readonly consumer: Consumer }
  | {
      readonly plan: ColumnPlan;
      readonly level: number;
      readonly keys: readonly string[];
      /** Of the object; -1 for the row itself. */
      readonly cell: number;
      readonly members: readonly Member[];
    };

/** Where a value stands, and what it is called in the contract. */
interface Place {
  readonly level: number;
  readonly keys: readonly string[];
  readonly path: string;
}

/** All consumers of a projection, with a cell for each at its level. */
export class Consumers {
  readonly all: Consumer[] = [];
  readonly #trees: readonly ObjectTree[];
  readonly #spec: ProjectionSpec;
  readonly #cells: number[];

  /** @param trees of the levels that a picker reads. */
  constructor(trees: readonly ObjectTree[], spec: ProjectionSpec) {
    this.#trees = trees;
    this.#spec = spec;
    this.#cells = trees.map(() => 0);
  }

  cellsOf(level: number): number {
    return this.#cells[level] ?? 0;
  }

  /** Null for a column that answers do not hold, but what is around them, or the engine. */
  columnOf(plan: ColumnPlan): PickedColumn | null {
    const place = parseRowPath(plan.path);
    if (place?.kind !== 'value' || place.up >= this.#trees.length) return null;
    const { up: level, keys } = place;
    const { field, name } = plan;
    if (field.shape === undefined) {
      const judge = judgeColumn(plan.convert);
      return { plan, level, consumer: this.#consumer({ level, keys, path: name }, field, judge, false) };
    }
    const cell = keys.length === 0 ? -1 : this.#cell(level);
    return {
      plan,
      level,
      keys,
      cell,
      members: this.#members(field.shape, plan, { level, keys, path: name }),
    };
  }

  #members(shape: JsonShape, plan: ColumnPlan, at: Place): Member[] {
    return Object.entries(shape.keys).map(([key, part]) => {
      const below = { level: at.level, keys: [...at.keys, key], path: `${at.path}.${key}` };
      if (isShape(part)) return { key, members: this.#members(part, plan, below) };
      const judge = judgeLeaf(part, plan.hashKey);
      return { key, consumer: this.#consumer(below, part, judge, true) };
    });
  }

  #consumer({ level, keys, path }: Place, field: Field, judge: Judgement, isLeaf: boolean): Consumer {
    const { contract, entity, eventTime } = this.#spec;
    const isEvent = path === eventTime && timeAt(contract, path) !== undefined;
    const consumer = {
      ...{
        level,
        slot: this.#trees[level]?.slotOf(keys) ?? -1,
        cell: this.#cell(level),
        field,
        isLeaf,
        judge,
      },
      ...{ isEntity: path === entity, isEvent },
    };
    this.all.push(consumer);
    return consumer;
  }

  #cell(level: number): number {
    const cell = this.cellsOf(level);
    this.#cells[level] = cell + 1;
    return cell;
  }
}
