import { expectText } from '#shared/template/host/expect.ts';
import { parameters } from '#shared/template/host/parameters.ts';
import { raiseFromTemplate } from '#shared/template/host/raise.ts';
import type { CallSite } from '#shared/template/values/call-site.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { itemsOf } from '#shared/template/values/iterate.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import { toText } from '#shared/template/values/to-text.ts';
import { isTrue } from '#shared/template/values/truth.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { Target } from '../project/project.ts';
import { classPrefix } from './column-value.ts';
import { renderColumnConstraints, renderModelConstraints } from './constraint-text.ts';
import { DataRecord } from './data-record.ts';
import { DecimalValue } from './decimal-value.ts';
import { ResultRow } from './result-row.ts';
import { ResultTable } from './result-table.ts';
import { SeedTable } from './seed-table.ts';

type Declarations = Record<string, (call: CallSite) => Value>;

/** Functions of `adapter` that only read what they are given: grants, indexes, constraints, types of columns. */
export function declarationFunctions(target: Target): Declarations {
  return {
    convert_type: ({ args: [table, index] }) => columnType(table, index),
    standardize_grants_dict: ({ args: [table = null], state }) =>
      grantsOf(itemsOf(table, state.budget).filter((row) => row instanceof ResultRow)),
    get_hard_deletes_behavior: ({ args: [config] }) => hardDeletes(config),
    parse_index: ({ args: [index] }) => indexConfig(index, classPrefix(target.type)),
    verify_database: ({ args, state }) => verified(toText(args[0] ?? null, state.budget), target),
    render_raw_columns_constraints: (call) =>
      new ListValue(renderColumnConstraints(bindColumns(call)[0] ?? null, call.state.budget)),
    render_raw_model_constraints: (call) =>
      new ListValue(renderModelConstraints(bindConstraints(call)[0] ?? null, call.state.budget)),
  };
}

const bindColumns = parameters('render_raw_columns_constraints', 'raw_columns');
const bindConstraints = parameters('render_raw_model_constraints', 'raw_constraints');

/** `adapter.convert_type(table, index)`: of a seed what was inferred or said, of a result by its values (`sql/impl.py`). */
function columnType(table: Value | undefined, index: Value | undefined): string {
  if (table instanceof SeedTable) return table.columnType(Number(index)) ?? 'text';
  if (!(table instanceof ResultTable)) return 'text';
  const place = table.placeOf(index ?? null);
  const type = table.columnType(place);
  // A column of nothing but whole decimals is an integer one.
  if (type === 'Number')
    return table
      .values(place)
      .some((value) => value instanceof DecimalValue && /\.\d*[1-9]/.test(value.toText()))
      ? 'float8'
      : 'integer';
  return SQL_TYPES[type];
}

const SQL_TYPES = {
  Integer: 'integer',
  Text: 'text',
  Date: 'date',
  DateTime: 'timestamp without time zone',
  Boolean: 'boolean',
} as const;

/** Grantees by privilege, in the order of the rows. */
function grantsOf(rows: readonly ResultRow[]): DictValue {
  const grants = new DictValue();
  for (const row of rows) {
    const privilege = row.getItem('privilege_type') ?? null;
    const grantees = grants.get(privilege);
    const grantee = row.getItem('grantee') ?? null;
    if (grantees instanceof ListValue) grantees.items.push(grantee);
    else grants.set(privilege, new ListValue([grantee]));
  }
  return grants;
}

/** Of a snapshot's configuration, in its old form too. */
function hardDeletes(config: Value | undefined): string {
  const of = (name: string): Value => (config instanceof DictValue ? (config.get(name) ?? null) : null);
  const old = of('invalidate_hard_deletes');
  const wanted = of('hard_deletes');
  if (old !== null && wanted !== null) {
    return raiseFromTemplate(
      'You cannot set both the invalidate_hard_deletes and hard_deletes config properties on the same snapshot.',
    );
  }
  if (isTrue(old) || wanted === 'invalidate') return 'invalidate';
  if (wanted === 'new_record') return 'new_record';
  if (wanted === null || wanted === 'ignore') return 'ignore';
  return raiseFromTemplate('Invalid setting for property hard_deletes.');
}

function indexConfig(index: Value | undefined, prefix: string): Value {
  if (!(index instanceof DictValue)) return null;
  const columns = index.get('columns') ?? null;
  return new DataRecord(`${prefix}IndexConfig`, {
    columns: typeof columns === 'string' ? new ListValue([columns]) : columns,
    unique: index.get('unique') ?? false,
    type: index.get('type') ?? null,
  });
}

/** One database at a time can be reached; nothing is said of the one connected to. */
function verified(database: string, target: Target): string {
  const asked = database.replace(/^"(.*)"$/, '$1');
  if (asked.toLowerCase() === target.database.toLowerCase()) return '';
  return raiseFromTemplate(
    `Cross-db references not allowed in ${target.type} (${expectText(asked, 'a database')} vs ${target.database})`,
  );
}
