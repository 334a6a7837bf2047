import { typeFault } from '../failures/template-fault.ts';
import type { Callable, Parameter } from '../syntax/statement.ts';
import type { CallSite } from '../values/call-site.ts';
import { DictValue } from '../values/dict-value.ts';
import { HostObject } from '../values/host-object.ts';
import { presentOr } from '../values/present.ts';
import { TupleValue } from '../values/tuple-value.ts';
import type { Value } from '../values/value.ts';
import { after, repeat, type Wait } from '../values/wait.ts';
import { Frame } from './frame.ts';
import { Output } from './output.ts';
import { ReturnSignal } from './return-signal.ts';
import { Run } from './run.ts';

/** A macro with the scope it was defined in. Runs within the render that calls it, under its limits. */
export class MacroValue extends HostObject {
  readonly typeName = 'Macro';
  /** Of a call block's body undefined. */
  readonly name: string | undefined;
  readonly #node: Callable;
  readonly #frame: Frame;
  /** `return()` ends this macro. The body of a call block is none: `return()` there ends the macro around it. */
  readonly #catchesReturn: boolean;

  constructor(name: string | undefined, node: Callable, frame: Frame, catchesReturn: boolean) {
    super();
    this.name = name;
    this.#node = node;
    this.#frame = frame;
    this.#catchesReturn = catchesReturn;
  }

  override getAttr(name: string): Value | undefined {
    switch (name) {
      case 'name':
        return this.name ?? null;
      case 'arguments':
        return new TupleValue(this.#node.parameters.map((parameter) => parameter.name));
      case 'catch_kwargs':
        return this.#node.usesKwargs;
      case 'catch_varargs':
        return this.#node.usesVarargs;
      case 'caller':
        return this.#node.usesCaller;
      default:
        return undefined;
    }
  }

  override toRepr(): string {
    return this.name === undefined ? '<Macro anonymous>' : `<Macro '${this.name}'>`;
  }

  override call(call: CallSite): Wait<Value> {
    const { state } = call;
    if (!(state instanceof Run)) throw typeFault('a macro can only be called within a render');
    const depth = state.enterMacro(this.name ?? 'caller');
    const { nesting } = state.budget;
    try {
      const result = this.#run(call, state, depth);
      return result instanceof Promise
        ? result.catch((thrown: unknown) => this.#returned(thrown, state, depth, 0))
        : result;
    } catch (thrown) {
      return this.#returned(thrown, state, depth, nesting);
    }
  }

  #returned(thrown: unknown, run: Run, depth: number, nesting: number): Value {
    if (!this.#catchesReturn || !(thrown instanceof ReturnSignal)) throw thrown;
    run.budget.nesting = nesting;
    run.leaveMacro(depth);
    return thrown.value;
  }

  #run(call: CallSite, run: Run, depth: number): Wait<Value> {
    const { unit } = this.#frame;
    const output = new Output(run.budget);
    const frame = new Frame({ run, unit, output, parent: this.#frame });
    return after(this.#bind(call, frame), () =>
      after(run.execute(this.#node.body, frame), () => {
        run.leaveMacro(depth);
        return output.text;
      }),
    );
  }

  /** Gives parameters their values, in order, so that a default may use the parameters before it. */
  #bind(call: CallSite, frame: Frame): Wait<void> {
    const { parameters } = this.#node;
    const rest = new Map(call.kwargs);
    const given = parameters.map((parameter, index) => {
      if (index < call.args.length) return call.args[index];
      const value = rest.get(parameter.name);
      rest.delete(parameter.name);
      return value;
    });
    this.#bindSpecial(call, rest, frame);
    let index = 0;
    return repeat(() => {
      const parameter = parameters[index];
      if (parameter === undefined) return false;
      index += 1;
      return after(
        presentOr(given[index - 1], () => defaultOf(parameter, frame)),
        (value) => {
          frame.set(parameter.name, value);
          return true;
        },
      );
    });
  }

  #bindSpecial(call: CallSite, rest: Map<string, Value>, frame: Frame): void {
    const { parameters, usesCaller, usesKwargs, usesVarargs } = this.#node;
    if (usesCaller && !parameters.some((parameter) => parameter.name === 'caller')) {
      frame.set(
        'caller',
        presentOr(rest.get('caller'), () => frame.run.undefinedOf(() => 'No caller defined')),
      );
      rest.delete('caller');
    }
    const [unexpected] = rest.keys();
    if (usesKwargs) frame.set('kwargs', new DictValue(rest));
    else if (unexpected !== undefined) {
      throw typeFault(`macro '${this.name ?? 'caller'}' takes no keyword argument '${unexpected}'`);
    }
    if (usesVarargs) frame.set('varargs', new TupleValue(call.args.slice(parameters.length)));
    else if (call.args.length > parameters.length) {
      throw typeFault(
        `macro '${this.name ?? 'caller'}' takes not more than ${parameters.length} argument(s)`,
      );
    }
  }
}

function defaultOf(parameter: Parameter, frame: Frame): Wait<Value> {
  if (parameter.defaultValue !== null) return frame.run.evaluate(parameter.defaultValue, frame);
  return frame.run.undefinedOf(() => `parameter '${parameter.name}' was not provided`);
}
