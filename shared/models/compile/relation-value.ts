import type { RelationName } from '#shared/contracts/names.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';

/** A relation as templates see it: what `ref`, `source` and `this` give. */
export interface RelationParts {
  readonly database: string;
  readonly relation: RelationName;
  readonly type: 'table' | 'view' | 'cte' | undefined;
  /** Parts that are printed. The database is the one connected to, so it is left out unless asked for. */
  readonly include: { readonly database: boolean; readonly schema: boolean; readonly identifier: boolean };
}

const bindInclude = parameters('include', 'database?', 'schema?', 'identifier?');

export class RelationValue extends HostObject {
  readonly typeName = 'Relation';
  readonly parts: RelationParts;

  constructor(parts: RelationParts) {
    super();
    this.parts = parts;
  }

  override toText(): string {
    const { database, relation, include, type } = this.parts;
    if (type === 'cte') return relation.name;
    const printed = [
      include.database ? database : '',
      include.schema ? relation.schema : '',
      include.identifier ? relation.name : '',
    ];
    return printed.filter(Boolean).map(quoteIdent).join('.');
  }

  override getAttr(name: string): Value | undefined {
    const { database, relation, type } = this.parts;
    switch (name) {
      case 'database':
        return database;
      case 'schema':
        return relation.schema;
      case 'identifier':
      case 'name':
      case 'table':
        return relation.name;
      case 'type':
        return type ?? null;
      case 'is_table':
        return type === 'table';
      case 'is_view':
        return type === 'view';
      case 'is_cte':
        return type === 'cte';
      case 'include':
        return hostFunction('include', (call) => this.#including(bindInclude(call)));
      case 'render':
        return hostFunction('render', () => this.toText());
      default:
        return undefined;
    }
  }

  override equals(other: Value): boolean {
    return other instanceof RelationValue && other.toText() === this.toText();
  }

  override isTrue(): boolean {
    return true;
  }

  #including([database, schema, identifier]: readonly (Value | undefined)[]): RelationValue {
    const { include } = this.parts;
    return new RelationValue({
      ...this.parts,
      include: {
        database: typeof database === 'boolean' ? database : include.database,
        schema: typeof schema === 'boolean' ? schema : include.schema,
        identifier: typeof identifier === 'boolean' ? identifier : include.identifier,
      },
    });
  }
}

/** The value of a relation that exists, or will. */
export function relationValue(
  relation: RelationName,
  database: string,
  type?: 'table' | 'view' | 'cte',
): RelationValue {
  return new RelationValue({
    database,
    relation,
    type,
    include: { database: false, schema: true, identifier: true },
  });
}
