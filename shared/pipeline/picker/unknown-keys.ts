import {
  ELEMENT_DOUBT,
  ELEMENT_OUTER,
  REGION_UNKNOWN,
  UNKNOWN_BYTES,
  UNKNOWN_ELEMENT,
  UNKNOWN_END,
  UNKNOWN_NODE,
  UNKNOWN_START,
} from './assembly/layout.ts';
import type { CountedNode } from './picked-answer.ts';
import type { MoreDrops } from './picked-rows.ts';
import type { PickerMemory } from './picker-memory.ts';
import type { PickerModule } from './picker-module.ts';
import type { ProgramWriter } from './program.ts';

/** Keys of one node that are taken into a program besides those of the contract. */
const MOST_KEYS = 256;
/** Keys of one node that are remembered for having come once. */
const MOST_SEEN = 1024;
/** So many in one answer, and it is read again when some were taken in: an answer is quicker read than they are counted. */
const MANY = 256;

/** Counts keys that a program does not have, and takes those into it that come again. */
export class UnknownKeys {
  readonly #module: PickerModule;
  readonly #memory: PickerMemory;
  readonly #writer: ProgramWriter;
  readonly #nodes: readonly KnownKeys[];

  constructor(program: {
    readonly module: PickerModule;
    readonly memory: PickerMemory;
    readonly writer: ProgramWriter;
    readonly nodes: readonly CountedNode[];
  }) {
    this.#module = program.module;
    this.#memory = program.memory;
    this.#writer = program.writer;
    this.#nodes = program.nodes.map((counted) => ({ counted, taken: new Set(), seen: new Set() }));
  }

  /**
   * Looks at the keys of the answer in hand that the program does not have. Elements with one that is written in an unusual way are
   * to be parsed.
   *
   * @returns what is dropped by them, by element, or undefined when the answer is to be read again, which is quicker.
   */
  drops(): MoreDrops | undefined {
    const drops = new Map<number, number[]>();
    const to = this.#module.unknownTo.value as number;
    const from = this.#memory.startOf(REGION_UNKNOWN);
    // A key that comes twice in an object counts once.
    const counted = new Set<string>();
    let hasTaken = false;
    for (let at = from; at < to; at += UNKNOWN_BYTES) {
      const { key, node, element } = this.#at(at);
      const of = this.#nodes[node];
      if (of === undefined || key.includes('\\') || of.counted.node.known.has(key)) {
        this.#doubt(element);
        continue;
      }
      const { counterNumber } = of.counted.node.roleOf(key);
      if (this.#takes(of, key, counterNumber)) hasTaken = true;
      const once = `${element} ${node} ${key}`;
      if (counted.has(once)) continue;
      counted.add(once);
      const more = drops.get(element);
      if (more === undefined) drops.set(element, [counterNumber]);
      else more.push(counterNumber);
    }
    return hasTaken && to - from > MANY * UNKNOWN_BYTES ? undefined : drops;
  }

  #at(at: number): { readonly key: string; readonly node: number; readonly element: number } {
    const memory = this.#memory;
    const [from, to] = [memory.get(at + UNKNOWN_START), memory.get(at + UNKNOWN_END)];
    const [node, element] = [memory.get(at + UNKNOWN_NODE), memory.get(at + UNKNOWN_ELEMENT)];
    return { key: memory.bytes.toString('utf8', from, to), node, element };
  }

  #doubt(element: number): void {
    this.#memory.set(this.#memory.get(element + ELEMENT_OUTER) + ELEMENT_DOUBT, 1);
  }

  /** A key that came before is taken in: one that never comes again would only be in the way. */
  #takes({ counted, taken, seen }: KnownKeys, key: string, number: number): boolean {
    if (taken.has(key) || taken.size >= MOST_KEYS) return false;
    if (!seen.has(key)) {
      if (seen.size >= MOST_SEEN) seen.clear();
      seen.add(key);
      return false;
    }
    if (!this.#writer.drop(counted.address, key, number)) return false;
    taken.add(key);
    return true;
  }
}

/** Keys of one node. */
interface KnownKeys {
  readonly counted: CountedNode;
  /** Those that the program has by now. */
  readonly taken: Set<string>;
  /** Those that came once. */
  readonly seen: Set<string>;
}
