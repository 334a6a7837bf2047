import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import type { Value } from '#shared/template/values/value.ts';
import { relationValue } from './relation-value.ts';

const bindCreate = parameters('create', 'database?', 'schema?', 'identifier?', 'type?');

/** `api.Relation.create(schema=…, identifier=…)`. */
export function apiValue(database: string): Value {
  const create = hostFunction('create', (call) => {
    const [, schema, identifier] = bindCreate(call);
    return relationValue(
      { schema: expectText(schema ?? '', 'schema'), name: expectText(identifier ?? '', 'identifier') },
      database,
    );
  });
  return new HostRecord('api', { Relation: new HostRecord('Relation', { create }) });
}
