import { TemplateFault } from '../failures/template-fault.ts';

/**
 * How undefined values behave. `default` prints nothing and fails on use, `chainable` lets attributes of
 * undefined be undefined, `strict` fails on printing and testing too.
 */
export type UndefinedBehaviour = 'default' | 'chainable' | 'strict';

/** What a name or attribute that does not exist evaluates to. */
export class UndefinedValue {
  readonly typeName = 'Undefined';
  readonly behaviour: UndefinedBehaviour;
  readonly #describe: () => string;

  /** @param describe says what was not defined; called only when it is complained about. */
  constructor(describe: () => string, behaviour: UndefinedBehaviour = 'default') {
    this.#describe = describe;
    this.behaviour = behaviour;
  }

  /** What was not defined, in words. */
  get problem(): string {
    return this.#describe();
  }

  /** The failure of using this value. */
  fault(): TemplateFault {
    return new TemplateFault('undefined', this.problem);
  }

  /** @throws an `undefined` fault unless mild uses (printing, testing, iterating) are allowed. */
  allowMildUse(): void {
    if (this.behaviour === 'strict') throw this.fault();
  }
}
