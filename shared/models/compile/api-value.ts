import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { RelationType } from '../adapter/adapter.ts';
import { ColumnClass } from '../context/column-value.ts';
import type { Target } from '../project/project.ts';
import { chosenParts, RELATION_TYPES } from './relation-parts.ts';
import { relationValue } from './relation-value.ts';

const bindCreate = parameters(
  'create',
  ...['database?', 'schema?', 'identifier?', 'type?', 'quote_policy?', 'include_policy?'],
);

/** What of a target a relation made by name depends on. */
type ClassOf = Pick<Target, 'type' | 'quoting'>;

const textOf = (value: Value | undefined): string =>
  value === undefined || value === null ? '' : expectText(value, 'a part of a relation');

/** `api.Relation.create(schema=…, identifier=…)` and `api.Column`. */
export function apiValue(target: ClassOf): Value {
  return new HostRecord('api', {
    Relation: relationClass(target),
    Column: new ColumnClass(target.type),
  });
}

/** `api.Relation`, also `adapter.Relation`. A relation without a database prints none. */
export function relationClass({ type, quoting }: ClassOf): Value {
  const create = hostFunction('create', (call) => {
    const [database, schema, identifier, relationType, quoted, included] = bindCreate(call);
    const relation = relationValue(
      { schema: textOf(schema), name: textOf(identifier) },
      { database: textOf(database), type, ...(quoting && { quoting }) },
      typeof relationType === 'string' ? (relationType as RelationType) : undefined,
    );
    return relation.with({
      quoted: chosenParts(partsIn(quoted), relation.parts.quoted),
      include: chosenParts(partsIn(included), relation.parts.include),
    });
  });
  return new HostRecord('Relation', { create, ...RELATION_TYPES });
}

/** A policy as `quote_policy={'identifier': false}` says it. */
const partsIn = (policy: Value | undefined): (Value | undefined)[] =>
  ['database', 'schema', 'identifier'].map((part) =>
    policy instanceof DictValue ? policy.get(part) : undefined,
  );
