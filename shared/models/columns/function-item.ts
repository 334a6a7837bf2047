import type { RangeFunction } from 'libpg-query';
import { aliased } from './from-item.ts';
import { follow } from './json-keys.ts';
import type { Content, KnownColumn, KnownRelation } from './known-relation.ts';
import type { FromItem, Reading, Scope } from './reading.ts';
import { namesOf, nodesBelow } from './sql-tree.ts';

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
  for (const call of given) reading.value(call, scope);
  const [first] = given;
  const call = first !== undefined && 'FuncCall' in first ? first.FuncCall : undefined;
  const name = namesOf(call?.funcname).at(-1) ?? '';
  const alias = range.alias?.aliasname ?? name;
  const content = RECORDS.test(name) ? reading.value(call?.args?.[0], scope) : undefined;
  const declared = columnsDeclared(range, content, reading);
  const columns = declared ?? (given.length === 1 ? columnsOf(name, alias) : undefined);
  const last = range.ordinality === true ? [{ name: 'ordinality', content: undefined }] : [];
  const relation: KnownRelation = {
    label: alias,
    columns: [...(columns ?? []), ...last],
    isOpen: columns === undefined,
  };
  return aliased(relation, range.alias, alias);
}

function columnsOf(name: string, alias: string): KnownColumn[] | undefined {
  const named = (...names: string[]) => names.map((column) => ({ name: column, content: undefined }));
  if (SCALARS.has(name)) return named(alias);
  if (ELEMENTS.test(name)) return named('value');
  return MEMBERS.test(name) ? named('key', 'value') : undefined;
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
