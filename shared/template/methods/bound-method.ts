import type { CallSite } from '../values/call-site.ts';
import { HostObject } from '../values/host-object.ts';
import type { Value } from '../values/value.ts';
import type { Wait } from '../values/wait.ts';

/** A function of the engine as a template sees it: it can be called, and nothing else. */
export class BoundMethod extends HostObject {
  readonly typeName = 'builtin_function_or_method';
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
    return `<built-in method ${this.#name}>`;
  }
}
