import { expectText } from '#shared/template/host/expect.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { LazyRecord } from '#shared/template/host/lazy-record.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { Budget } from '#shared/template/limits/budget.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { isTrue } from '#shared/template/values/truth.ts';
import { TupleValue } from '#shared/template/values/tuple-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { after, mapInOrder, type Wait } from '#shared/template/values/wait.ts';
import { quoteIdent } from '#shared/warehouse/quote-identifier.ts';
import type { AdapterConnection, ColumnInfo, FoundRelation, RelationParts } from '../adapter/adapter.ts';
import { relationClass } from '../compile/api-value.ts';
import { macroValue, type Names } from '../compile/macro-library.ts';
import { RelationValue, relationValue } from '../compile/relation-value.ts';
import type { RenderScope } from '../compile/render-scope.ts';
import { storedName } from '../compile/stored-name.ts';
import type { Quoting, Target } from '../project/project.ts';
import { declarationFunctions } from './adapter-declarations.ts';
import { AdapterResponse } from './adapter-response.ts';
import { BehaviorValue } from './behavior-value.ts';
import { ColumnValue, describedColumn } from './column-value.ts';
import { ResultTable } from './result-table.ts';

const bindDispatch = parameters('dispatch', 'macro_name', 'macro_namespace?', 'packages?');
const bindRelation = parameters('get_relation', 'database?', 'schema?', 'identifier?', 'needs_information?');
const bindExpand = parameters('expand_target_column_types', 'from_relation', 'to_relation');
const bindExecute = parameters('execute', 'sql', 'auto_begin?', 'fetch?', 'limit?');

/** `adapter`: dispatch, quoting, introspection and DDL by name. Without a connection it finds nothing and does nothing. */
export function adapterValue(scope: RenderScope, names: Names): Value {
  const { project, execute } = scope;
  const connection = execute ? scope.connection : undefined;
  const on = new Warehouse(connection, project.target);
  const macro = (name: string, ...args: Value[]): Wait<Value> => {
    if (connection === undefined || args[0] === null) return '';
    const { library } = project;
    return library.callEntry(library.find(name, scope.node.packageName), name, args, new Map(), names);
  };
  const functions: AdapterFunctions = {
    dispatch: (call) => dispatched(scope, names, call),
    type: () => project.target.type,
    quote: ({ args }) => quoteIdent(expectText(args[0] ?? null, 'an identifier')),
    quote_as_configured: ({ args: [name = null, part] }) => {
      const isBare = isPart(part) && project.target.quoting?.[part] === false;
      return isBare ? expectText(name, 'an identifier') : quoteIdent(expectText(name, 'an identifier'));
    },
    ...lookingFunctions(on),
    create_schema: ({ args }) => on.inSchema(args[0], (schema) => connection?.createSchema(schema)),
    drop_schema: ({ args }) => on.inSchema(args[0], (schema) => connection?.dropSchema(schema)),
    look_up: ({ args }) => on.lookUp(args[0]),
    drop_relation: ({ args }) => after(on.asFound(args[0]), (found) => macro('drop_relation', found)),
    rename_relation: ({ args: [from = null, to = null] }) => macro('rename_relation', from, to),
    truncate_relation: ({ args: [relation = null] }) => macro('truncate_relation', relation),
    execute: (call) => {
      const [sql, , fetched] = bindExecute(call);
      return on.execute(
        expectText(sql ?? null, 'SQL'),
        fetched !== undefined && isTrue(fetched),
        call.state.budget,
      );
    },
    commit: () => after(connection?.commit(), () => ''),
    expand_target_column_types: (call) => {
      const [from, to] = bindExpand(call);
      const widen = (name: string, type: string) => macro('alter_column_type', to ?? null, name, type);
      return expandColumns(on, from, to, widen);
    },
    quote_seed_column: ({ args }) => {
      const name = expectText(args[0] ?? null, 'a name');
      return args[1] === false ? name : quoteIdent(name);
    },
    cache_added: () => '',
    cache_dropped: () => '',
    cache_renamed: () => '',
    valid_incremental_strategies: () => new ListValue(['append', 'delete+insert', 'merge', 'microbatch']),
    get_incremental_strategy_macro: ({ args }) => strategyMacro(scope, names, args[1]),
    ...declarationFunctions(project.target),
  };
  return new LazyRecord('adapter', (name) => {
    if (name === 'Relation') return relationClass(project.target);
    if (name === 'behavior') return new BehaviorValue(project.flags ?? {});
    const run = Object.hasOwn(functions, name) ? functions[name] : undefined;
    return run && hostFunction(name, run);
  });
}

const isPart = (part: Value | undefined): part is keyof Quoting =>
  part === 'database' || part === 'schema' || part === 'identifier';

type AdapterFunctions = Record<string, (call: CallSite) => Wait<Value>>;

/** Those that look into the warehouse and change nothing. */
function lookingFunctions(on: Warehouse): AdapterFunctions {
  return {
    get_relation: (call) => {
      const [, schema, identifier] = bindRelation(call);
      return on.find(on.named(textOf(schema), textOf(identifier)));
    },
    load_relation: ({ args }) => on.find(partsOf(args[0])),
    get_columns_in_relation: ({ args }) => on.columns(args[0]),
    get_missing_columns: ({ args }) => on.missing(args[0], args[1]),
    get_column_schema_from_query: ({ args }) => on.describe(args[0]),
    list_relations: (call) => on.list(bindRelation(call)[1]),
    list_relations_without_caching: ({ args }) =>
      on.list(args[0] instanceof RelationValue ? args[0].parts.relation.schema : args[0]),
    check_schema_exists: (call) => on.hasSchema(bindRelation(call)[1]),
    already_exists: ({ args }) =>
      after(on.find(on.named(textOf(args[0]), textOf(args[1]))), (found) => found !== null),
  };
}

function dispatched(scope: RenderScope, names: Names, call: CallSite): Value {
  const { library, target } = scope.project;
  const [nameValue, namespace] = bindDispatch(call);
  const name = expectText(nameValue ?? null, 'the name of a macro');
  const entry = library.dispatched(name, textOf(namespace) ?? undefined, target.type, scope.node.packageName);
  const macro = entry && macroValue(entry, names);
  return macro ?? raiseFromTemplate(`no macro ${target.type}__${name} or default__${name}`);
}

/** `get_incremental_<strategy>_sql`, where a project may bring its own. */
function strategyMacro(scope: RenderScope, names: Names, strategy: Value | undefined): Value {
  const wanted = (textOf(strategy) ?? 'default').replace('+', '_');
  const entry = scope.project.library.find(`get_incremental_${wanted}_sql`, scope.node.packageName);
  const macro = entry && macroValue(entry, names);
  return (
    macro ??
    raiseFromTemplate(`incremental_strategy '${wanted}': there is no macro get_incremental_${wanted}_sql`)
  );
}

const textOf = (value: Value | undefined): string | null => (typeof value === 'string' ? value : null);

function partsOf(value: Value | undefined): RelationParts {
  if (!(value instanceof RelationValue)) return raiseFromTemplate('a relation was expected');
  const { schema, name } = storedName(value.parts.relation, { quoting: value.parts.quoted });
  return { database: null, schema: schema || null, identifier: name };
}

/** The connection as the functions above use it. */
class Warehouse {
  readonly #connection: AdapterConnection | undefined;
  readonly #target: Target;

  constructor(connection: AdapterConnection | undefined, target: Target) {
    this.#connection = connection;
    this.#target = target;
  }

  /** What a relation of this name is kept as. */
  named(schema: string | null, identifier: string | null): RelationParts {
    const kept = storedName({ schema: schema ?? '', name: identifier ?? '' }, this.#target);
    return { database: null, schema: schema && kept.schema, identifier: identifier && kept.name };
  }

  find(parts: RelationParts): Wait<Value> {
    if (parts.identifier === null) return null;
    return after(this.#connection?.relation(parts), (found) =>
      found === undefined ? null : this.#value(found),
    );
  }

  list(schema: Value | undefined): Wait<Value> {
    const name = textOf(schema);
    const found = name === null ? undefined : this.#connection?.relations(name);
    return after(found, (relations) => new ListValue((relations ?? []).map((one) => this.#value(one))));
  }

  columns(relation: Value | undefined): Wait<Value> {
    if (this.#connection === undefined) return new ListValue();
    return after(this.#connection.columns(partsOf(relation)), (columns) =>
      columnList(columns, this.#target.type),
    );
  }

  describe(sql: Value | undefined): Wait<Value> {
    const described = this.#connection?.describe(expectText(sql ?? null, 'SQL'));
    return after(
      described,
      (columns = []) => new ListValue(columns.map((info) => describedColumn(info, this.#target.type))),
    );
  }

  missing(from: Value | undefined, to: Value | undefined): Wait<Value> {
    return after(this.columns(from), (all) =>
      after(this.columns(to), (there) => {
        const names = new Set(columnsIn(there).map(({ info }) => info.name));
        return new ListValue(columnsIn(all).filter(({ info }) => !names.has(info.name)));
      }),
    );
  }

  hasSchema(schema: Value | undefined): Wait<Value> {
    return after(this.#connection?.schemas(), (all) => (all ?? []).includes(textOf(schema) ?? ''));
  }

  inSchema(of: Value | undefined, work: (schema: string) => Promise<void> | undefined): Wait<Value> {
    const schema = of instanceof RelationValue ? of.parts.relation.schema : textOf(of);
    return after(schema ? work(schema) : undefined, () => '');
  }

  /** The relation with the type it has in the warehouse; None when it is not there. */
  asFound(relation: Value | undefined): Wait<Value> {
    return relation === null || relation === undefined ? null : this.find(partsOf(relation));
  }

  lookUp(relations: Value | undefined): Wait<Value> {
    const parts = relations instanceof ListValue ? relations.items.map(partsOf) : [];
    return after(this.#connection?.lookUp(parts), () => '');
  }

  execute(sql: string, fetched: boolean, budget: Budget): Wait<Value> {
    return after(this.#connection?.execute(sql), (result) => {
      if (result === undefined) return new TupleValue(['', new ResultTable([], [])]);
      const table = fetched ? ResultTable.of(result, budget) : new ResultTable([], []);
      return new TupleValue([AdapterResponse.of(result), table]);
    });
  }

  /** What is found is named as it is, so it is quoted whatever the project says. */
  #value({ schema, identifier, type }: FoundRelation): RelationValue {
    const { quoting: _, ...place } = this.#target;
    return relationValue({ schema, name: identifier }, place, type);
  }
}

/** Text columns of the target that are narrower than the source's become as wide, as the original's `expand_column_types`. */
function expandColumns(
  on: Warehouse,
  from: Value | undefined,
  to: Value | undefined,
  widen: (name: string, type: string) => Wait<Value>,
): Wait<Value> {
  return after(on.columns(from), (source) =>
    after(on.columns(to), (target) => {
      const narrow = columnsIn(target).flatMap((column) => {
        const wanted = columnsIn(source).find(({ info }) => info.name === column.info.name);
        return wanted !== undefined && column.canExpandTo(wanted) ? [wanted] : [];
      });
      const widened = mapInOrder(narrow, ({ info }) =>
        widen(info.name, `character varying(${info.charSize ?? 256})`),
      );
      return after(widened, () => '');
    }),
  );
}

const columnList = (columns: readonly ColumnInfo[], dialect: string): ListValue =>
  new ListValue(columns.map((info) => new ColumnValue(info, dialect)));

const columnsIn = (list: Value): ColumnValue[] =>
  list instanceof ListValue ? list.items.filter((item) => item instanceof ColumnValue) : [];
