import type { A_Expr, A_Indirection, FuncCall, JsonFuncExpr } from 'libpg-query';
import { allOf, follow, jsonPathOf, pathOf } from './json-keys.ts';
import type { Content } from './known-relation.ts';
import type { Reading, Scope } from './reading.ts';
import { resolveColumn } from './resolve-column.ts';
import { namesOf, nodesBelow, type SqlNode, textOf } from './sql-tree.ts';

/**
 * Reads an expression: every column and JSON key in it is looked for, also in queries within it.
 *
 * @returns what it holds, when that is a JSON column of a contract or a part of one.
 */
export function readValue(node: SqlNode, scope: Scope, reading: Reading): Content | undefined {
  if ('ColumnRef' in node) return resolveColumn(node.ColumnRef, scope, reading);
  if ('A_Expr' in node) return readOperator(node.A_Expr, scope, reading);
  if ('A_Indirection' in node) return readSubscripts(node.A_Indirection, scope, reading);
  if ('TypeCast' in node) return reading.value(node.TypeCast.arg, scope);
  if ('FuncCall' in node) return readCall(node.FuncCall, scope, reading);
  if ('JsonFuncExpr' in node) return readJsonFunction(node.JsonFuncExpr, scope, reading);
  if ('SelectStmt' in node) return reading.query(node.SelectStmt, scope).columns[0]?.content;
  if ('SubLink' in node) {
    const { testexpr, subselect, subLinkType } = node.SubLink;
    reading.value(testexpr, scope);
    const content = reading.value(subselect, scope);
    return subLinkType === 'EXPR_SUBLINK' ? content : undefined;
  }
  if ('CoalesceExpr' in node) return firstOf(node.CoalesceExpr.args, scope, reading);
  for (const part of nodesBelow(Object.values(node)[0])) reading.value(part, scope);
  return undefined;
}

/** Reads all of them. @returns what the first holds that holds anything known. */
function firstOf(nodes: readonly SqlNode[] | undefined, scope: Scope, reading: Reading): Content | undefined {
  const contents = (nodes ?? []).map((node) => reading.value(node, scope));
  return contents.find((content) => content !== undefined);
}

/** How the right side of an operator says keys; undefined when they are not written out. */
type KeysOf = (right: SqlNode | undefined) => string[] | undefined;

const oneKey: KeysOf = (right) => allOf([textOf(right)]);

/** Operators that lead into JSON by keys. */
const LEADS: Readonly<Record<string, KeysOf>> = {
  '->': oneKey,
  '->>': oneKey,
  '#>': pathOf,
  '#>>': pathOf,
};

/** Those that ask whether keys are there, each by itself. */
const ASKS: Readonly<Record<string, KeysOf>> = {
  '?': oneKey,
  '?|': pathOf,
  '?&': pathOf,
};

function readOperator(
  { name, lexpr, rexpr, location = 0 }: A_Expr,
  scope: Scope,
  reading: Reading,
): Content | undefined {
  const left = reading.value(lexpr, scope);
  reading.value(rexpr, scope);
  const operator = namesOf(name).at(-1) ?? '';
  const leads = LEADS[operator];
  if (leads !== undefined) return follow(left, leads(rexpr), location, reading);
  for (const key of ASKS[operator]?.(rexpr) ?? []) follow(left, [key], location, reading);
  // Without a key it still holds the others.
  return operator === '-' || operator === '#-' ? left : undefined;
}

/** `state['firmware']['embedded']`; of a list, `(array_agg(state))[1]`, an element is what the list is of. */
function readSubscripts(
  { arg, indirection = [] }: A_Indirection,
  scope: Scope,
  reading: Reading,
): Content | undefined {
  let content = reading.value(arg, scope);
  for (const part of indirection) {
    if (!('A_Indices' in part)) return undefined;
    for (const index of nodesBelow(part.A_Indices)) reading.value(index, scope);
    const key = textOf(part.A_Indices.uidx);
    if (key !== undefined) content = follow(content, [key], locationOf(part.A_Indices.uidx), reading);
  }
  return content;
}

const locationOf = (node: SqlNode | undefined): number =>
  node !== undefined && 'A_Const' in node ? (node.A_Const.location ?? 0) : 0;

/** Functions whose value is that of their first argument, of some row, or a list of it. */
const KEEPS = new Set([
  ...['lag', 'lead', 'first_value', 'last_value', 'nth_value', 'min', 'max', 'any_value', 'array_agg'],
  ...['to_json', 'to_jsonb', 'jsonb_strip_nulls', 'json_strip_nulls'],
]);

/** Keys that follow the first argument. */
const EXTRACTS = /^jsonb?_extract_path(_text)?$/;
/** An SQL/JSON path follows the first argument. */
const PATHS = /^jsonb_path_/;

function readCall(call: FuncCall, scope: Scope, reading: Reading): Content | undefined {
  const { funcname, args = [], location = 0 } = call;
  const [first] = args.map((arg) => reading.value(arg, scope));
  for (const part of [...nodesBelow(call.agg_order), ...nodesBelow(call.over)]) reading.value(part, scope);
  reading.value(call.agg_filter, scope);
  const name = namesOf(funcname).at(-1) ?? '';
  if (KEEPS.has(name)) return first;
  const keys = args.slice(1).map(textOf);
  if (EXTRACTS.test(name)) return follow(first, allOf(keys), location, reading);
  if (PATHS.test(name)) follow(first, jsonPathOf(args[1]), location, reading);
  return undefined;
}

/** `json_value(state, '$.firmware.embedded')` and its kin. */
function readJsonFunction(call: JsonFuncExpr, scope: Scope, reading: Reading): Content | undefined {
  const { context_item: item, pathspec, location = 0, ...others } = call;
  const content = reading.value(item?.raw_expr, scope);
  for (const part of nodesBelow(others)) reading.value(part, scope);
  const asked = follow(content, jsonPathOf(pathspec), location, reading);
  return call.op === 'JSON_QUERY_OP' ? asked : undefined;
}
