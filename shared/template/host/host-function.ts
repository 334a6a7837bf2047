import type { CallSite } from '../values/call-site.ts';
import { HostObject } from '../values/host-object.ts';
import type { Value } from '../values/value.ts';
import type { Wait } from '../values/wait.ts';

/** What `hostFunction` makes of a function. */
class HostFunction extends HostObject {
  readonly typeName = 'function';
  readonly #name: string;
  readonly #run: (call: CallSite) => Wait<Value>;

  constructor(name: string, run: (call: CallSite) => Wait<Value>) {
    super();
    this.#name = name;
    this.#run = run;
  }

  override call(call: CallSite): Wait<Value> {
    return this.#run(call);
  }

  override toRepr(): string {
    return `<function ${this.#name}>`;
  }
}

/**
 * Lets templates call a function of the host. When it answers a promise the template waits; whatever it throws
 * reaches the caller of the render as the cause of a TemplateError.
 */
export function hostFunction(name: string, run: (call: CallSite) => Wait<Value>): HostObject {
  return new HostFunction(name, run);
}
