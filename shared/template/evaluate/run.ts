import { type Place, placeOf } from '../failures/place.ts';
import { type MacroStackEntry, TemplateError } from '../failures/template-error.ts';
import { TemplateFault, typeFault } from '../failures/template-fault.ts';
import { Budget } from '../limits/budget.ts';
import type { Limits } from '../limits/limits.ts';
import { getAttribute, getItem } from '../methods/get-attribute.ts';
import type { Expression } from '../syntax/expression.ts';
import type { Statement } from '../syntax/statement.ts';
import type { FilterFunction, RenderState, TestFunction } from '../values/call-site.ts';
import { isValue } from '../values/from-host.ts';
import { HostObject } from '../values/host-object.ts';
import { typeName } from '../values/type-name.ts';
import { type UndefinedBehaviour, UndefinedValue } from '../values/undefined-value.ts';
import type { Value } from '../values/value.ts';
import { after, type Wait } from '../values/wait.ts';
import type { Frame, NameSource, Unit } from './frame.ts';
import { ReturnSignal } from './return-signal.ts';

/** How a list of statements ended. */
export type Flow = undefined | 'break' | 'continue';

/** The evaluator's two entry points; a run carries them because all of its parts call each other. */
export interface Engine {
  evaluate(node: Expression, frame: Frame): Wait<Value>;
  execute(nodes: readonly Statement[], frame: Frame): Wait<Flow>;
}

/** A parsed template as `include`, `import` and `extends` need it. */
export interface LoadedTemplate extends Unit {
  readonly body: readonly Statement[];
}

/** What a run takes from its environment. */
export interface Surroundings {
  readonly engine: Engine;
  readonly limits: Limits;
  readonly globals: NameSource;
  readonly filters: ReadonlyMap<string, FilterFunction>;
  readonly tests: ReadonlyMap<string, TestFunction>;
  readonly undefinedBehaviour: UndefinedBehaviour;
  /** @returns undefined when there is no such template. */
  load(name: string): Wait<LoadedTemplate | undefined>;
}

interface OpenMacro {
  readonly name: string;
  readonly unit: Unit;
  readonly at: number;
}

export const noKwargs: ReadonlyMap<string, Value> = new Map();

/** One render, or one call of a macro by the host: its budget, its place in the templates, its macro stack. */
export class Run implements RenderState {
  readonly surroundings: Surroundings;
  readonly budget: Budget;
  #unit: Unit;
  #at = 0;
  readonly #macros: OpenMacro[] = [];

  constructor(surroundings: Surroundings, unit: Unit) {
    this.surroundings = surroundings;
    this.budget = new Budget(surroundings.limits);
    this.#unit = unit;
  }

  evaluate(node: Expression, frame: Frame): Wait<Value> {
    return this.surroundings.engine.evaluate(node, frame);
  }

  execute(nodes: readonly Statement[], frame: Frame): Wait<Flow> {
    return this.surroundings.engine.execute(nodes, frame);
  }

  /** Remembers where the render is, so that a failure from here on knows its place. */
  mark(frame: Frame, at: number): void {
    this.#unit = frame.unit;
    this.#at = at;
  }

  place(): Place {
    return placeOf(this.#unit.file, this.#unit.source, this.#at);
  }

  undefinedOf(describe: () => string): UndefinedValue {
    return new UndefinedValue(describe, this.surroundings.undefinedBehaviour);
  }

  attribute(value: Value, name: string): Value | undefined {
    return getAttribute(value, name, this);
  }

  item(value: Value, key: Value): Value | undefined {
    return getItem(value, key, this);
  }

  filter(name: string): FilterFunction {
    const filter = this.surroundings.filters.get(name);
    if (filter === undefined) throw new TemplateFault('syntax', `No filter named '${name}'`);
    return filter;
  }

  test(name: string): TestFunction {
    const test = this.surroundings.tests.get(name);
    if (test === undefined) throw new TemplateFault('syntax', `No test named '${name}'`);
    return test;
  }

  invoke(callee: Value, args: readonly Value[], kwargs: ReadonlyMap<string, Value> = noKwargs): Wait<Value> {
    if (callee instanceof UndefinedValue) throw callee.fault();
    if (!(callee instanceof HostObject) || callee.call === undefined) {
      throw typeFault(`'${typeName(callee)}' object is not callable`);
    }
    return after(callee.call({ args, kwargs, state: this }), checkedResult);
  }

  /** @returns what `leaveMacro` needs. */
  enterMacro(name: string): number {
    const { macroDepth } = this.budget.limits;
    if (this.#macros.length >= macroDepth)
      throw new TemplateFault('limit', `macros nested deeper than ${macroDepth}`);
    this.#macros.push({ name, unit: this.#unit, at: this.#at });
    return this.#macros.length;
  }

  /** Forgets the macros from the one that `enterMacro` answered `depth` for, and goes back to its caller's place. */
  leaveMacro(depth: number): void {
    const [left] = this.#macros.splice(depth - 1);
    if (left === undefined) return;
    this.#unit = left.unit;
    this.#at = left.at;
  }

  /** Makes the error that leaves the engine of anything thrown during this run. */
  errorOf(thrown: unknown): TemplateError {
    const stack = this.#stack();
    if (thrown instanceof TemplateError) return withOuterStack(thrown, stack);
    if (thrown instanceof TemplateFault) {
      const place = thrown.offset === undefined ? this.place() : this.#placeAt(thrown.offset);
      return new TemplateError(thrown.kind, thrown.problem, place, stack, thrown.cause);
    }
    if (thrown instanceof ReturnSignal)
      return new TemplateError('type', 'return() outside of a macro', this.place(), stack);
    if (thrown instanceof RangeError) {
      return new TemplateError('limit', 'nested too deep or too large', this.place(), stack, thrown);
    }
    const problem = thrown instanceof Error ? thrown.message : 'a function of the host failed';
    return new TemplateError('callFailed', problem, this.place(), stack, thrown);
  }

  #placeAt(offset: number): Place {
    return placeOf(this.#unit.file, this.#unit.source, offset);
  }

  #stack(): MacroStackEntry[] {
    return this.#macros
      .map(({ name, unit, at }) => ({ macro: name, calledFrom: placeOf(unit.file, unit.source, at) }))
      .reverse();
  }
}

function checkedResult(result: Value): Value {
  if (!isValue(result))
    throw typeFault('a function of the host answered something that is no template value');
  return result;
}

function withOuterStack(error: TemplateError, outer: readonly MacroStackEntry[]): TemplateError {
  if (outer.length === 0) return error;
  return new TemplateError(error.kind, error.problem, error, [...error.macroStack, ...outer], error.cause);
}
