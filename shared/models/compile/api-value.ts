import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { RelationType } from '../adapter/adapter.ts';
import { ColumnClass } from '../context/column-value.ts';
import { relationValue } from './relation-value.ts';

const bindCreate = parameters('create', 'database?', 'schema?', 'identifier?', 'type?');

const textOr = (value: Value | undefined, otherwise: string): string =>
  value === undefined || value === null ? otherwise : expectText(value, 'a part of a relation');

/** `api.Relation.create(schema=…, identifier=…)` and `api.Column`. A relation without a database prints none. */
export function apiValue(): Value {
  const create = hostFunction('create', (call) => {
    const [database, schema, identifier, type] = bindCreate(call);
    return relationValue(
      { schema: textOr(schema, ''), name: textOr(identifier, '') },
      { database: textOr(database, '') },
      typeof type === 'string' ? (type as RelationType) : undefined,
    );
  });
  return new HostRecord('api', {
    Relation: new HostRecord('Relation', { create }),
    Column: new ColumnClass(),
  });
}
