import type { Field } from '../field.ts';
import { declaredChecks } from '../projection/convert-value.ts';
import {
  ACTION_DROP,
  ACTION_OBJECT,
  ACTION_ROWS,
  ACTION_SKIP,
  ACTION_VALUE,
  COLUMN_BYTES,
  COLUMN_CELL,
  COLUMN_LEVEL,
  COLUMN_MEMBERS,
  COLUMN_MEMBERS_END,
  COLUMN_NULLABLE,
  COLUMN_STYLE,
  CONSUMER_BYTES,
  CONSUMER_CELL,
  CONSUMER_ID,
  CONSUMER_KNOWN,
  CONSUMER_LEAF,
  CONSUMER_MAX,
  CONSUMER_MIN,
  CONSUMER_NEXT,
  CONSUMER_PATTERN,
  CONSUMER_QUOTED,
  CONSUMER_REACH,
  ENTRY_ACTION,
  ENTRY_ARGUMENT,
  ENTRY_CHILD,
  ENTRY_KEY,
  ENTRY_LENGTH,
  ENTRY_LIST,
  KNOWN_BYTES,
  KNOWN_PLACES,
  LEAF_BOOLEAN,
  LEAF_DATE,
  LEAF_INSTANT,
  LEAF_KNOWN_TEXT,
  LEAF_NUMBER,
  LEAF_OTHER,
  LEAF_PATTERN,
  LEAF_TEXT,
  MEMBER_BYTES,
  MEMBER_CELL,
  MEMBER_END,
  MEMBER_NAME,
  MEMBER_NAME_LENGTH,
  MEMBER_NULLABLE,
  NODE_BYTES,
  NODE_ID,
  NODE_LIST,
  REACH_ANY,
  REACH_INT32,
  REACH_INT64,
  STYLE_BARE,
  STYLE_BOOLEAN,
  STYLE_QUOTED,
  STYLE_SEGMENT,
  STYLE_SHAPE,
} from './assembly/layout.ts';
import type { Consumer, Member, PickedColumn } from './consumers.ts';
import { patternTable } from './pattern-table.ts';
import type { PickerMemory } from './picker-memory.ts';

/** The program has more in it than there is room for, or a path is asked for as a value and as an object. */
export class NoProgram extends Error {}

/** Writes a picker's program into its memory, piece by piece. Addresses are returned. */
export class ProgramWriter {
  readonly #memory: PickerMemory;
  /** Addresses of consumers that remember texts, by number. */
  readonly known: number[] = [];

  constructor(memory: PickerMemory) {
    this.#memory = memory;
  }

  /** @param id -1 where other keys are not counted. */
  node(id: number): number {
    const node = this.#room(NODE_BYTES);
    this.#memory.set(node + NODE_ID, id);
    return node;
  }

  skip(node: number, key: string): void {
    this.#entry(node, key, ACTION_SKIP);
  }

  /** @returns false when there is no room left. */
  drop(node: number, key: string, number: number): boolean {
    try {
      this.#entry(node, key, ACTION_DROP, number);
      return true;
    } catch (error) {
      if (error instanceof NoProgram) return false;
      throw error;
    }
  }

  rows(node: number, key: string): void {
    this.#entry(node, key, ACTION_ROWS);
  }

  /** @param cell -1 for none. */
  object(node: number, key: string, child: number, cell: number): void {
    const entry = this.#entry(node, key, ACTION_OBJECT, cell);
    this.#memory.set(entry + ENTRY_CHILD, child);
  }

  /** @param consumers with their numbers. */
  value(node: number, key: string, consumers: readonly (readonly [number, Consumer])[]): void {
    const entry = this.#entry(node, key, ACTION_VALUE);
    let place = entry + ENTRY_ARGUMENT;
    for (const [id, consumer] of consumers) {
      const at = this.#consumer(id, consumer);
      this.#memory.set(place, at);
      place = at + CONSUMER_NEXT;
    }
  }

  /** @param columns null for one that the answer does not hold. @returns where they begin and end. */
  columns(columns: readonly (PickedColumn | null)[]): readonly [number, number] {
    const steps = columns.flatMap((column, i) => {
      const endsSegment = column !== null && (columns[i + 1] ?? null) === null;
      return column === null ? [] : [column, ...(endsSegment ? ([null] as const) : [])];
    });
    const from = this.#room(steps.length * COLUMN_BYTES);
    steps.forEach((step, i) => {
      this.#column(from + i * COLUMN_BYTES, step);
    });
    return [from, from + steps.length * COLUMN_BYTES];
  }

  #room(bytes: number): number {
    const at = this.#memory.allocate(bytes);
    if (at === 0) throw new NoProgram();
    return at;
  }

  #entry(node: number, key: string, action: number, argument = 0): number {
    const bytes = Buffer.from(JSON.stringify(key).slice(1));
    const entry = this.#room(ENTRY_KEY + ((bytes.length + 15) & ~15));
    const memory = this.#memory;
    memory.bytes.set(bytes, entry + ENTRY_KEY);
    memory.set(entry + ENTRY_LENGTH, bytes.length);
    memory.set(entry + ENTRY_ACTION, action);
    memory.set(entry + ENTRY_ARGUMENT, argument);
    memory.set(entry + ENTRY_LIST, memory.get(node + NODE_LIST));
    memory.set(node + NODE_LIST, entry);
    return entry;
  }

  #consumer(id: number, consumer: Consumer): number {
    const at = this.#room(CONSUMER_BYTES);
    const memory = this.#memory;
    const { field } = consumer;
    const pattern = this.#pattern(field);
    const leaf = pattern > 0 ? LEAF_PATTERN : leafOf(consumer);
    const [min, max] = boundsOf(field);
    memory.set(at + CONSUMER_ID, id);
    memory.set(at + CONSUMER_CELL, consumer.cell);
    memory.set(at + CONSUMER_LEAF, leaf);
    memory.set(at + CONSUMER_REACH, reachOf(consumer));
    memory.set(at + CONSUMER_PATTERN, pattern);
    memory.set(at + CONSUMER_QUOTED, Number(consumer.isLeaf));
    if (leaf === LEAF_KNOWN_TEXT) {
      memory.set(at + CONSUMER_KNOWN, this.#room(KNOWN_PLACES * KNOWN_BYTES));
      this.known[id] = at;
    }
    memory.setDouble(at + CONSUMER_MIN, min);
    memory.setDouble(at + CONSUMER_MAX, max);
    return at;
  }

  /** @returns where the table of a field stands of which nothing is asked but a pattern, 0 when it has none. */
  #pattern({ type, checks, hashed }: Field): number {
    const { pattern, ...others } = checks;
    const isAll = Object.values(others).every((check) => check === undefined);
    if (type.kind !== 'text' || pattern === undefined || !isAll || hashed === true) return 0;
    const table = patternTable(pattern);
    const at = table === undefined ? 0 : this.#memory.allocate(table.length);
    if (table !== undefined && at > 0) this.#memory.bytes.set(table, at);
    return at;
  }

  #column(at: number, column: PickedColumn | null): void {
    const memory = this.#memory;
    memory.set(at + COLUMN_STYLE, column === null ? STYLE_SEGMENT : styleOf(column));
    if (column === null) return;
    const { plan, level } = column;
    memory.set(at + COLUMN_LEVEL, level);
    memory.set(at + COLUMN_NULLABLE, Number(plan.field.nullable));
    memory.set(at + COLUMN_CELL, 'consumer' in column ? column.consumer.cell : column.cell);
    if ('consumer' in column) return;
    const from = this.#room(countOf(column.members) * MEMBER_BYTES);
    memory.set(at + COLUMN_MEMBERS, from);
    memory.set(at + COLUMN_MEMBERS_END, this.#members(from, column.members));
  }

  /** @returns where they end. */
  #members(from: number, members: readonly Member[]): number {
    const memory = this.#memory;
    let at = from;
    for (const member of members) {
      const name = Buffer.from(`,${JSON.stringify(member.key)}:`);
      // What is copied is copied by sixteens.
      const nameAt = this.#room(name.length + 16);
      memory.bytes.set(name, nameAt);
      memory.set(at + MEMBER_NAME, nameAt);
      memory.set(at + MEMBER_NAME_LENGTH, name.length);
      if ('consumer' in member) {
        memory.set(at + MEMBER_CELL, member.consumer.cell);
        memory.set(at + MEMBER_NULLABLE, Number(member.consumer.field.nullable));
        at += MEMBER_BYTES;
      } else {
        const end = this.#members(at + MEMBER_BYTES, member.members);
        memory.set(at + MEMBER_END, end);
        at = end;
      }
    }
    return at;
  }
}

const countOf = (members: readonly Member[]): number =>
  members.reduce((sum, member) => sum + 1 + ('members' in member ? countOf(member.members) : 0), 0);

function styleOf(column: PickedColumn): number {
  if (!('consumer' in column)) return STYLE_SHAPE;
  const { kind } = column.plan.field.type;
  if (kind === 'boolean') return STYLE_BOOLEAN;
  return kind === 'text' || kind === 'json' || kind === 'array' ? STYLE_QUOTED : STYLE_BARE;
}

/** What the module can say of a value by itself. */
function leafOf({ field }: Consumer): number {
  const { type, checks, hashed } = field;
  if (hashed === true) return LEAF_OTHER;
  switch (type.kind) {
    case 'int32':
    case 'int64':
    case 'float64':
      return checks.oneOf === undefined ? LEAF_NUMBER : LEAF_OTHER;
    case 'boolean':
      return declaredChecks(field) === undefined ? LEAF_BOOLEAN : LEAF_OTHER;
    case 'text':
      return declaredChecks(field) === undefined ? LEAF_TEXT : LEAF_KNOWN_TEXT;
    case 'date':
      return checks.oneOf === undefined ? LEAF_DATE : LEAF_OTHER;
    case 'timestamptz':
      return declaredChecks(field) === undefined ? LEAF_INSTANT : LEAF_OTHER;
    default:
      return LEAF_OTHER;
  }
}

function reachOf({ field }: Consumer): number {
  if (field.type.kind === 'int32') return REACH_INT32;
  return field.type.kind === 'int64' ? REACH_INT64 : REACH_ANY;
}

const DAY_MS = 86_400_000;

/** Least and most, dates as days since 1970; where there is no such bound, or none that is a number, what no value is beyond. */
function boundsOf({ type, checks }: Field): readonly [number, number] {
  const { min, max } = checks;
  const numberOf = (bound: string): number =>
    type.kind === 'date' ? Date.parse(bound) / DAY_MS : Number(bound);
  return [
    min === undefined ? Number.NEGATIVE_INFINITY : numberOf(min),
    max === undefined ? Number.POSITIVE_INFINITY : numberOf(max),
  ];
}
