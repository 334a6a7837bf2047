import type { RelationName } from '#shared/contracts/names.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { HostRecord } from '#shared/template/host/host-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { RelationType } from '../adapter/adapter.ts';
import type { Target } from '../project/project.ts';

/** A relation as templates see it: what `ref`, `source` and `this` give. */
export interface RelationParts {
  readonly database: string;
  readonly relation: RelationName;
  readonly type: RelationType | undefined;
  /** Parts that are printed. */
  readonly include: Include;
  /** Parts printed in quotes; undefined is all of them. */
  readonly quoted?: Include;
  /** Rows of it that count, as a subquery's text: `--empty`, `--sample`, microbatch. */
  readonly limited?: (printed: string) => string;
}

interface Include {
  readonly database: boolean;
  readonly schema: boolean;
  readonly identifier: boolean;
}

const bindInclude = parameters('include', 'database?', 'schema?', 'identifier?');
const bindQuote = parameters('quote', 'database?', 'schema?', 'identifier?');
const bindGet = parameters('get', 'key', 'default?');
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

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' ? this.#field(key) : undefined;
  }

  /** What the original's `get` finds: the parts, and by `metadata` what macros tell relations from other mappings by. */
  #field(key: string): Value | undefined {
    if (key === 'metadata') return fromHost({ type: 'Relation' });
    return FIELDS.has(key) ? this.getAttr(key) : undefined;
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
        return hostFunction(name, (call) => this.#quoting(bindQuote(call)));
      case 'get':
        return hostFunction(name, (call) => this.#get(call));
      case 'matches':
        return hostFunction(name, (call) => this.#matches(bindQuote(call)));
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
    const { database, relation, include, quoted } = this.parts;
    const part = (name: keyof Include, text: string): string =>
      !include[name] || text === '' ? '' : (quoted?.[name] ?? true) ? quoteIdent(text) : text;
    const printed = [
      part('database', database),
      part('schema', relation.schema),
      part('identifier', relation.name),
    ];
    return printed.filter(Boolean).join('.');
  }

  #get(call: CallSite): Value {
    const [key = null, fallback = null] = bindGet(call);
    const found = typeof key === 'string' ? this.#field(key) : undefined;
    return found === undefined ? fallback : found;
  }

  /** Whether the parts given are this relation's; capitals count. */
  #matches([database, schema, identifier]: readonly (Value | undefined)[]): boolean {
    const { relation, database: own } = this.parts;
    const same = (given: Value | undefined, part: string): boolean =>
      given === undefined || given === null || given === part;
    return same(database, own) && same(schema, relation.schema) && same(identifier, relation.name);
  }

  #quoting(given: readonly (Value | undefined)[]): RelationValue {
    return new RelationValue({ ...this.parts, quoted: chosen(given, this.parts.quoted ?? ALL) });
  }

  #including(given: readonly (Value | undefined)[]): RelationValue {
    return new RelationValue({ ...this.parts, include: chosen(given, this.parts.include) });
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

const ALL: Include = { database: true, schema: true, identifier: true };
const FIELDS = new Set(['database', 'schema', 'identifier', 'name', 'type', 'path']);

/** A choice of parts with those changed that a call names. */
function chosen([database, schema, identifier]: readonly (Value | undefined)[], kept: Include): Include {
  return {
    database: typeof database === 'boolean' ? database : kept.database,
    schema: typeof schema === 'boolean' ? schema : kept.schema,
    identifier: typeof identifier === 'boolean' ? identifier : kept.identifier,
  };
}

const partOf = (given: Value | undefined, kept: string): string =>
  given === null ? '' : typeof given === 'string' ? given : kept;

type Place = Pick<Target, 'database' | 'printDatabase'>;

/** The value of a relation that exists, or will; parts without a name are not printed. */
export function relationValue(relation: RelationName, place: Place, type?: RelationType): RelationValue {
  const { database, printDatabase = true } = place;
  return new RelationValue({ database, relation, type, include: { ...ALL, database: printDatabase } });
}
