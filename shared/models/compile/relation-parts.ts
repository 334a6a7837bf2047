import type { RelationName } from '#shared/contracts/names.ts';
import type { Value } from '#shared/template/values/value.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { RelationType } from '../adapter/adapter.ts';
import { DataRecord } from '../context/data-record.ts';

/** What a relation's value is made of. A part of its name that is empty is not there. */
export interface RelationParts {
  readonly database: string;
  readonly relation: RelationName;
  /** Undefined where nobody has looked. */
  readonly type: RelationType | undefined;
  /** Python's name of its class, e.g. `PostgresRelation`. */
  readonly className: string;
  /** Parts that are printed. */
  readonly include: NameParts;
  /** Parts printed in quotes. */
  readonly quoted: NameParts;
  /** Rows of it that count, as a subquery's text: `--empty`, `--sample`, microbatch. */
  readonly limited?: (printed: string) => string;
}

/** A choice of the parts of a name. */
export interface NameParts {
  readonly database: boolean;
  readonly schema: boolean;
  readonly identifier: boolean;
}

export const ALL_PARTS: NameParts = { database: true, schema: true, identifier: true };

/** The whole name, as SQL takes it. */
export function printedName({ database, relation, include, quoted }: RelationParts): string {
  const part = (name: keyof NameParts, text: string): string =>
    !include[name] || text === '' ? '' : quoted[name] ? quoteIdent(text) : text;
  const parts = [
    part('database', database),
    part('schema', relation.schema),
    part('identifier', relation.name),
  ];
  return parts.filter(Boolean).join('.');
}

/** `include_policy` and `quote_policy`. */
export const policyOf = ({ database, schema, identifier }: NameParts): Value =>
  new DataRecord('Policy', { database, schema, identifier });

/** A choice of parts with those changed that a call names. */
export function chosenParts(
  [database, schema, identifier]: readonly (Value | undefined)[],
  kept: NameParts,
): NameParts {
  return {
    database: typeof database === 'boolean' ? database : kept.database,
    schema: typeof schema === 'boolean' ? schema : kept.schema,
    identifier: typeof identifier === 'boolean' ? identifier : kept.identifier,
  };
}

/** `relation.Table`, `api.Relation.View`: names of types. */
export const RELATION_TYPES: Readonly<Record<string, string>> = {
  Table: 'table',
  View: 'view',
  CTE: 'cte',
  MaterializedView: 'materialized_view',
  Ephemeral: 'ephemeral',
  External: 'external',
};
