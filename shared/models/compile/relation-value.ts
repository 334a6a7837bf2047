import type { RelationName } from '#shared/contracts/names.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { RelationType } from '../adapter/adapter.ts';

/** A relation as templates see it: what `ref`, `source` and `this` give. */
export interface RelationParts {
  readonly database: string;
  readonly relation: RelationName;
  readonly type: RelationType | undefined;
  /** Parts that are printed. */
  readonly include: Include;
  /** Rows of it that count, as a subquery's text: `--empty`, `--sample`, microbatch. */
  readonly limited?: (printed: string) => string;
}

interface Include {
  readonly database: boolean;
  readonly schema: boolean;
  readonly identifier: boolean;
}

const bindInclude = parameters('include', 'database?', 'schema?', 'identifier?');
const bindIncorporate = parameters('incorporate', 'path?', 'type?', 'database?', 'schema?', 'identifier?');
const bindPath = parameters('replace_path', 'database?', 'schema?', 'identifier?');

export class RelationValue extends HostObject {
  readonly typeName = 'Relation';
  readonly parts: RelationParts;

  constructor(parts: RelationParts) {
    super();
    this.parts = parts;
  }

  override toText(): string {
    const { type, relation, limited } = this.parts;
    if (type === 'cte') return relation.name;
    return limited === undefined ? this.#printed() : limited(this.#printed());
  }

  override getAttr(name: string): Value | undefined {
    const { database, relation, type } = this.parts;
    const is = /^is_(table|view|cte|materialized_view)$/.exec(name)?.[1];
    if (is !== undefined) return type === is;
    switch (name) {
      case 'database':
        return database || null;
      case 'schema':
        return relation.schema || null;
      case 'identifier':
      case 'name':
      case 'table':
        return relation.name || null;
      case 'type':
        return type ?? null;
      case 'path':
        return new HostRecord('Path', { database, schema: relation.schema, identifier: relation.name });
      case 'renameable_relations':
      case 'can_be_renamed':
        return true;
      default:
        return this.#method(name);
    }
  }

  override isMapping(): boolean {
    return true;
  }

  override equals(other: Value): boolean {
    return other instanceof RelationValue && other.toText() === this.toText();
  }

  override hash(): string {
    return `relation:${this.toText()}`;
  }

  override isTrue(): boolean {
    return true;
  }

  #method(name: string): Value | undefined {
    switch (name) {
      case 'include':
        return hostFunction(name, (call) => this.#including(bindInclude(call)));
      case 'quote':
        return hostFunction(name, () => this);
      case 'render':
        return hostFunction(name, () => this.#printed());
      case 'without_identifier':
        return hostFunction(name, () => this.#including([undefined, undefined, false]));
      case 'incorporate':
        return hostFunction(name, (call) => this.#incorporating(call));
      case 'replace_path':
        return hostFunction(name, (call) => this.#at(bindPath(call)));
      case 'information_schema':
        return hostFunction(
          name,
          ({ args }) => `information_schema.${args[0] === undefined ? '' : String(args[0]).toLowerCase()}`,
        );
      default:
        return undefined;
    }
  }

  #printed(): string {
    const { database, relation, include } = this.parts;
    const printed = [
      include.database ? database : '',
      include.schema ? relation.schema : '',
      include.identifier ? relation.name : '',
    ];
    return printed.filter(Boolean).map(quoteIdent).join('.');
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

  #incorporating(call: CallSite): RelationValue {
    const [path, type, database, schema, identifier] = bindIncorporate(call);
    const of = (key: string): Value | undefined => (path instanceof DictValue ? path.get(key) : undefined);
    const moved = this.#at([
      database === undefined ? of('database') : database,
      schema === undefined ? of('schema') : schema,
      identifier === undefined ? of('identifier') : identifier,
    ]);
    return typeof type === 'string'
      ? new RelationValue({ ...moved.parts, type: type as RelationType })
      : moved;
  }

  /** None takes a part away, as for a temporary table, which has no schema that one could name. */
  #at([database, schema, identifier]: readonly (Value | undefined)[]): RelationValue {
    const { relation } = this.parts;
    return new RelationValue({
      ...this.parts,
      database: partOf(database, this.parts.database),
      relation: {
        schema: partOf(schema, relation.schema),
        name: typeof identifier === 'string' ? identifier : relation.name,
      },
    });
  }
}

const partOf = (given: Value | undefined, kept: string): string =>
  given === null ? '' : typeof given === 'string' ? given : kept;

/** The value of a relation that exists, or will. The database is the one connected to, so it is not printed. */
export function relationValue(relation: RelationName, database: string, type?: RelationType): RelationValue {
  return new RelationValue({
    database,
    relation,
    type,
    include: { database: false, schema: relation.schema !== '', identifier: true },
  });
}
