import type { RangeFunction } from 'libpg-query';
import { aliased } from './from-item.ts';
import { follow } from './json-keys.ts';
import type { Content, KnownColumn, KnownRelation } from './known-relation.ts';
import type { FromItem, Reading, Scope } from './reading.ts';
import { namesOf, nodesBelow, type SqlNode } from './sql-tree.ts';

/** Columns of functions that give rows; a scalar's is called as the function or its alias. */
const SCALARS = new Set([
  ...[
    'generate_series',
    'generate_subscripts',
    'regexp_split_to_table',
    'string_to_table',
    'jsonb_object_keys',
  ],
  ...['json_object_keys', 'jsonb_path_query'],
]);
const ELEMENTS = /^jsonb?_array_elements(_text)?$/;
const MEMBERS = /^jsonb?_each(_text)?$/;
const RECORDS = /^jsonb?_to_record(set)?$/;

/** A function that gives rows, in FROM: its columns where they are declared, or known of the function. */
export function functionItem(range: RangeFunction, scope: Scope, reading: Reading): FromItem {
  const calls = nodesBelow(range.functions).flatMap((list) =>
    'List' in list ? (list.List.items ?? []) : [],
  );
  const given = calls.filter((call) => Object.keys(call).length > 0);
  const [content] = given.map((call) => firstArgument(call, scope, reading));
  const [call] = given;
  const name = call !== undefined && 'FuncCall' in call ? (namesOf(call.FuncCall.funcname).at(-1) ?? '') : '';
  const alias = range.alias?.aliasname ?? name;
  const declared = columnsDeclared(range, RECORDS.test(name) ? content : undefined, reading);
  const columns = declared ?? (given.length === 1 ? columnsOf(name, alias) : undefined);
  const last = range.ordinality === true ? [{ name: 'ordinality', content: undefined }] : [];
  const relation: KnownRelation = {
    label: alias,
    columns: [...(columns ?? []), ...last],
    isOpen: columns === undefined,
  };
  return aliased(relation, range.alias, alias);
}

function firstArgument(call: SqlNode, scope: Scope, reading: Reading): Content | undefined {
  reading.value(call, scope);
  return 'FuncCall' in call ? reading.value(call.FuncCall.args?.[0], scope) : undefined;
}

function columnsOf(name: string, alias: string): KnownColumn[] | undefined {
  const names = SCALARS.has(name)
    ? [alias]
    : ELEMENTS.test(name)
      ? ['value']
      : MEMBERS.test(name)
        ? ['key', 'value']
        : undefined;
  return names?.map((column) => ({ name: column, content: undefined }));
}

/** `as r(firmware jsonb, online boolean)`: of a record made from JSON, names are keys. */
function columnsDeclared(
  { coldeflist }: RangeFunction,
  content: Content | undefined,
  reading: Reading,
): KnownColumn[] | undefined {
  return coldeflist?.flatMap((node) => {
    if (!('ColumnDef' in node)) return [];
    const { colname: name = '', location = 0 } = node.ColumnDef;
    return { name, content: follow(content, [name], location, reading) };
  });
}
