import { typeFault } from '../failures/template-fault.ts';
import { BoundMethod } from '../methods/bound-method.ts';
import type { CallSite } from '../values/call-site.ts';
import { equals } from '../values/equals.ts';
import { HostObject } from '../values/host-object.ts';
import { presentOr } from '../values/present.ts';
import { UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';
import { after, type Wait } from '../values/wait.ts';

/** An iterator whose next item may be a promise. */
export interface LoopItems {
  next(): Wait<IteratorResult<Value>>;
}

interface LoopOptions {
  /** Undefined when it is not known without walking to the end. */
  readonly length: bigint | undefined;
  readonly depth: number;
  /** Runs the loop over other items; undefined unless it is recursive. */
  readonly recurse: ((items: Value) => Wait<Value>) | undefined;
}

/** The `loop` of a for-loop. Looks ahead only when asked for what is ahead. */
export class LoopValue extends HostObject {
  readonly typeName = 'LoopContext';
  readonly #items: LoopItems;
  readonly #options: LoopOptions;
  /** Items read ahead. */
  #ahead: Value[] = [];
  #isExhausted = false;
  #length: bigint | undefined;
  #index = -1n;
  #current: Value | undefined;
  #previous: Value | undefined;
  #lastChanged: readonly Value[] | undefined;

  constructor(items: LoopItems, options: LoopOptions) {
    super();
    this.#items = items;
    this.#options = options;
    this.#length = options.length;
  }

  get current(): Value {
    return this.#current ?? null;
  }

  /** Goes to the next item; false at the end. */
  advance(): Wait<boolean> {
    const [first, ...others] = this.#ahead;
    if (first !== undefined) {
      this.#ahead = others;
      return this.#take(first);
    }
    if (this.#isExhausted) return false;
    return after(this.#items.next(), (next) => {
      if (next.done === true) return false;
      return this.#take(next.value);
    });
  }

  #take(item: Value): true {
    this.#previous = this.#current;
    this.#current = item;
    this.#index += 1n;
    return true;
  }

  override getAttr(name: string): Value | undefined {
    const read = attributes.get(name);
    return read?.(this);
  }

  override call(call: CallSite): Wait<Value> {
    if (this.#options.recurse === undefined) {
      throw typeFault("The loop must have the 'recursive' marker to be called recursively.");
    }
    const [items] = call.args;
    if (items === undefined || call.args.length > 1) throw typeFault('loop() takes one argument');
    return this.#options.recurse(items);
  }

  override toRepr(): string {
    return `<LoopContext ${this.#index + 1n}/${this.length}>`;
  }

  get index0(): bigint {
    return this.#index;
  }

  get depth0(): number {
    return this.#options.depth;
  }

  get previous(): Value {
    return presentOr(this.#previous, () => new UndefinedValue(() => 'there is no previous item'));
  }

  get next(): Value {
    this.#lookAhead(1);
    return presentOr(this.#ahead[0], () => new UndefinedValue(() => 'there is no next item'));
  }

  get isLast(): boolean {
    this.#lookAhead(1);
    return this.#ahead.length === 0;
  }

  get length(): bigint {
    if (this.#length === undefined) {
      this.#lookAhead(Number.POSITIVE_INFINITY);
      this.#length = this.#index + 1n + BigInt(this.#ahead.length);
    }
    return this.#length;
  }

  #lookAhead(count: number): void {
    while (this.#ahead.length < count && !this.#isExhausted) {
      const next = this.#items.next();
      if (next instanceof Promise) {
        // The promise is abandoned; its failure, if any, is not worth a second complaint.
        next.catch(() => undefined);
        throw typeFault(
          'the condition of a loop must not wait when the loop looks ahead (loop.last, loop.length …)',
        );
      }
      if (next.done === true) this.#isExhausted = true;
      else this.#ahead.push(next.value);
    }
  }

  cycle(call: CallSite): Value {
    if (call.args.length === 0) throw typeFault('no items for cycling given');
    return call.args[Number(this.#index % BigInt(call.args.length))] ?? null;
  }

  changed(call: CallSite): boolean {
    const before = this.#lastChanged;
    this.#lastChanged = call.args;
    if (before === undefined || before.length !== call.args.length) return true;
    return !before.every((value, index) => equals(value, call.args[index] ?? null, call.state.budget));
  }
}

const attributes: ReadonlyMap<string, (loop: LoopValue) => Value> = new Map<
  string,
  (loop: LoopValue) => Value
>([
  ['index', (loop) => loop.index0 + 1n],
  ['index0', (loop) => loop.index0],
  ['revindex', (loop) => loop.length - loop.index0],
  ['revindex0', (loop) => loop.length - loop.index0 - 1n],
  ['first', (loop) => loop.index0 === 0n],
  ['last', (loop) => loop.isLast],
  ['length', (loop) => loop.length],
  ['depth', (loop) => BigInt(loop.depth0 + 1)],
  ['depth0', (loop) => BigInt(loop.depth0)],
  ['previtem', (loop) => loop.previous],
  ['nextitem', (loop) => loop.next],
  ['cycle', (loop) => new BoundMethod('cycle', (call) => loop.cycle(call))],
  ['changed', (loop) => new BoundMethod('changed', (call) => loop.changed(call))],
]);
