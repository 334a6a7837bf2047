import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';

/** `validation.any[…]`: a validator for `config.get`. Types are no names of templates, so it can only accept, as in the original. */
class AnyOf extends HostObject {
  readonly typeName = 'ValidationAny';

  override getItem(_key: Value): Value {
    return hostFunction('validate', () => null);
  }
}

export const validationValue: Value = new HostRecord('validation', { any: new AnyOf() });
