import { HostRecord } from '#shared/template/host/host-record.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';

/**
 * `adapter.behavior.<flag>`, each with `setting` and `no_warn`: whether the project's `flags` switch it on. The original
 * knows its flags by name; here each that a project does not set is off, which is the original's default too.
 */
export class BehaviorValue extends HostObject {
  readonly typeName = 'Behavior';
  readonly #flags: Readonly<Record<string, unknown>>;

  constructor(flags: Readonly<Record<string, unknown>>) {
    super();
    this.#flags = flags;
  }

  override getAttr(name: string): Value {
    const isOn = Object.hasOwn(this.#flags, name) && this.#flags[name] === true;
    return new HostRecord('BehaviorFlagRendered', { setting: isOn, no_warn: isOn });
  }
}
