import type { RelationName } from '#shared/contracts/names.ts';
import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { HostObject } from '#shared/template/values/host-object.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { RelationType } from '../adapter/adapter.ts';
import { classPrefix } from '../context/column-value.ts';
import { DataRecord } from '../context/data-record.ts';
import type { Quoting, SourceNode, Target } from '../project/project.ts';
import {
  ALL_PARTS,
  chosenParts,
  policyOf,
  printedName,
  RELATION_TYPES,
  type RelationParts,
} from './relation-parts.ts';

const bindInclude = parameters('include', 'database?', 'schema?', 'identifier?');
const bindQuote = parameters('quote', 'database?', 'schema?', 'identifier?');
const bindMatches = parameters('matches', 'database?', 'schema?', 'identifier?');
const bindGet = parameters('get', 'key', 'default?');
const bindIncorporate = parameters('incorporate', 'path?', 'type?', 'database?', 'schema?', 'identifier?');
const bindPath = parameters('replace_path', 'database?', 'schema?', 'identifier?');

/** A relation as templates see it: what `ref`, `source` and `this` give. */
export class RelationValue extends HostObject {
  readonly typeName = 'Relation';
  readonly parts: RelationParts;

  constructor(parts: RelationParts) {
    super();
    this.parts = parts;
  }

  override toText(): string {
    const { type, relation, limited } = this.parts;
    const printed = type === 'cte' ? relation.name : printedName(this.parts);
    return limited === undefined ? printed : limited(printed);
  }

  override toRepr(): string {
    return `<${this.parts.className} ${this.toText()}>`;
  }

  override getAttr(name: string): Value | undefined {
    const { include, quoted, type } = this.parts;
    const field = this.#field(name);
    // Not `??`: a part may be None.
    if (field !== undefined) return field;
    const is = /^is_(table|view|cte|materialized_view)$/.exec(name)?.[1];
    if (is !== undefined) return type === is;
    switch (name) {
      case 'path':
        return this.#path();
      case 'include_policy':
        return policyOf(include);
      case 'quote_policy':
        return policyOf(quoted);
      case 'quote_character':
        return '"';
      case 'can_be_renamed':
      case 'can_be_replaced':
        return type !== undefined && REPLACEABLE.has(type);
      default:
        return RELATION_TYPES[name] ?? this.#method(name);
    }
  }

  override isMapping(): boolean {
    return true;
  }

  override getItem(key: Value): Value | undefined {
    return typeof key === 'string' && FIELDS.has(key) ? this.getAttr(key) : undefined;
  }

  override equals(other: Value): boolean {
    return other instanceof RelationValue && other.#identity() === this.#identity();
  }

  override hash(): string {
    return `relation:${this.toText()}`;
  }

  override isTrue(): boolean {
    return true;
  }

  /** All that makes two relations the same, as the original's `__eq__`: the type too. */
  #identity(): string {
    const { database, relation, type, include, quoted } = this.parts;
    return JSON.stringify([database, relation.schema, relation.name, type, include, quoted, this.toText()]);
  }

  #path(): Value {
    const { database, relation } = this.parts;
    return new DataRecord('Path', {
      database: database || null,
      schema: relation.schema || null,
      identifier: relation.name || null,
    });
  }

  /** Undefined when it is no part of the name, which may be None. */
  #field(name: string): Value | undefined {
    const { database, relation, type } = this.parts;
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
      default:
        return undefined;
    }
  }

  #method(name: string): Value | undefined {
    const run = METHODS[name];
    return run && hostFunction(name, (call) => run(this, call));
  }

  /** With some of its parts changed. */
  with(changed: Partial<RelationParts>): RelationValue {
    return new RelationValue({ ...this.parts, ...changed });
  }

  /** None takes a part away, as for a temporary table, which has no schema that one could name. */
  at([database, schema, identifier]: readonly (Value | undefined)[]): RelationValue {
    const { relation } = this.parts;
    return this.with({
      database: partOf(database, this.parts.database),
      relation: { schema: partOf(schema, relation.schema), name: partOf(identifier, relation.name) },
    });
  }
}

/** Types that are replaced by renaming. */
const REPLACEABLE: ReadonlySet<string> = new Set(['table', 'view']);
/** What the original's mapping of a relation holds. */
const FIELDS = new Set([
  'database',
  'schema',
  'identifier',
  'name',
  'type',
  'path',
  'quote_policy',
  'include_policy',
]);

const MAX_NAME_LENGTH = 63n;

const METHODS: Readonly<Partial<Record<string, (of: RelationValue, call: CallSite) => Value>>> = {
  __proto__: null as never,
  include: (of, call) => of.with({ include: chosenParts(bindInclude(call), of.parts.include) }),
  quote: (of, call) => of.with({ quoted: chosenParts(bindQuote(call), of.parts.quoted) }),
  get: (of, call) => {
    const [key = null, fallback = null] = bindGet(call);
    // By `metadata` macros tell relations from other mappings.
    if (key === 'metadata') return fromHost({ type: of.parts.className });
    const found = of.getItem(key);
    return found === undefined ? fallback : found;
  },
  matches: (of, call) => matches(of, bindMatches(call)),
  render: (of) => printedName(of.parts),
  quoted: (_, { args }) => `"${expectText(args[0] ?? null, 'an identifier')}"`,
  without_identifier: (of) =>
    of.with({
      include: { ...of.parts.include, identifier: false },
      relation: { ...of.parts.relation, name: '' },
    }),
  incorporate: incorporating,
  replace_path: (of, call) => of.at(bindPath(call)),
  information_schema: (of, { args: [view] }) => informationSchema(of, typeof view === 'string' ? view : ''),
  information_schema_only: (of) => informationSchema(of, ''),
  relation_max_name_length: () => MAX_NAME_LENGTH,
};

/** Whether the parts given are this relation's. @throws where only capitals differ, as the original. */
function matches({ parts }: RelationValue, given: readonly (Value | undefined)[]): boolean {
  const own = [parts.database, parts.relation.schema, parts.relation.name];
  const asked = given.flatMap((value, index) =>
    typeof value === 'string' ? [{ value, part: own[index] ?? '' }] : [],
  );
  if (asked.length === 0) {
    return raiseFromTemplate('Tried to match relation, but no search path was passed!');
  }
  if (asked.every(({ value, part }) => value === part)) return true;
  const bare = (text: string): string => text.toLowerCase().replaceAll(/^"+|"+$/g, '');
  if (!asked.every(({ value, part }) => bare(value) === bare(part))) return false;
  return raiseFromTemplate(
    `When searching for a relation, found an approximate match: ${printedName(parts)} differs in capitals or quotes only`,
  );
}

function incorporating(of: RelationValue, call: CallSite): RelationValue {
  const [path, type, database, schema, identifier] = bindIncorporate(call);
  const said = (key: string, value: Value | undefined): Value | undefined =>
    value === undefined && path instanceof DictValue ? path.get(key) : value;
  const moved = of.at([said('database', database), said('schema', schema), said('identifier', identifier)]);
  return typeof type === 'string' ? moved.with({ type: type as RelationType }) : moved;
}

/** The information schema of its database, or a view in it; its own schema plays no part. */
function informationSchema(of: RelationValue, view: string): RelationValue {
  return of.with({
    relation: { schema: 'INFORMATION_SCHEMA', name: view },
    quoted: { database: of.parts.quoted.database, schema: false, identifier: false },
    include: { ...of.parts.include, schema: true, identifier: true },
    type: undefined,
  });
}

const partOf = (given: Value | undefined, kept: string): string =>
  given === null ? '' : typeof given === 'string' ? given : kept;

/** What of a target a relation's value depends on. */
export type Place = Pick<Target, 'database' | 'printDatabase' | 'quoting' | 'type'>;

/** The place of a node that may ask for a database of its own. */
export const placeOfNode = (
  { database }: { readonly database?: string | undefined },
  target: Target,
): Place => (database === undefined ? target : { ...target, database });

/** The value of a relation that exists, or will; parts without a name are not printed. */
export function relationValue(relation: RelationName, place: Place, type?: RelationType): RelationValue {
  const { database, printDatabase = true, quoting, type: dialect } = place;
  return new RelationValue({
    database,
    relation,
    type,
    className: `${classPrefix(dialect)}Relation`,
    include: { ...ALL_PARTS, database: printDatabase },
    quoted: { ...ALL_PARTS, ...quoting },
  });
}

/** A source's own database and quotes win over the project's. */
export function placeOfSource({ database, quoting }: SourceNode, target: Target): Place {
  return {
    ...target,
    database: database ?? target.database,
    quoting: { ...target.quoting, ...quotingOf(quoting) },
  };
}

/** Those parts of a name that a declaration of `quoting` says something of. */
export function quotingOf(declared: Readonly<Record<string, unknown>>): Quoting {
  const said = Object.entries(declared).filter(
    ([part, value]) => part in ALL_PARTS && typeof value === 'boolean',
  );
  return Object.fromEntries(said);
}
