import type { SelectStmt, WithClause } from 'libpg-query';
import { columnName } from './column-name.ts';
import { starredOf } from './from-item.ts';
import { type KnownColumn, type KnownRelation, openRelation, renamed } from './known-relation.ts';
import { readFrom } from './read-from.ts';
import { readValue } from './read-value.ts';
import type { Reading, Scope, Unknown } from './reading.ts';
import { columnOf, itemNamed } from './resolve-column.ts';
import { namesOf, nodesBelow, plainNameOf, type SqlNode } from './sql-tree.ts';

/** What a query yields, and what it reads that is not there. */
export interface QueryColumns {
  readonly relation: KnownRelation;
  readonly unknown: readonly Unknown[];
}

/**
 * Reads a query's columns without a server.
 *
 * Only what is certain is reported: a column of something whose columns are all known, a key of a JSON column whose contract names its
 * keys. `relation.function`, the old way of calling a function, is read as a column.
 *
 * @param statements as parsed; anything but one query is known to be nothing.
 * @param relationOf columns by schema and name; undefined where they are not known.
 */
export function readQuery(
  statements: readonly SqlNode[],
  label: string,
  relationOf: Reading['relationOf'],
): QueryColumns {
  const found = new Map<string, Unknown>();
  const levels = new Levels();
  const reading: Reading = {
    relationOf,
    query: (query, scope) => levels.within(QUERY_LEVELS, () => readSelect(query, scope, reading)),
    value: (node, scope) =>
      node === undefined ? undefined : levels.within(1, () => readValue(node, scope, reading)),
    // A recursive expression is read twice.
    report: (unknown) => found.set(`${unknown.at} ${unknown.cause}`, unknown),
  };
  const [statement, ...others] = statements;
  if (statement === undefined || others.length > 0 || !('SelectStmt' in statement))
    return { relation: openRelation(label), unknown: [] };
  const nothing: Scope = { items: [], outer: undefined, expressions: new Map() };
  try {
    const relation = { ...reading.query(statement.SelectStmt, nothing), label };
    return { relation, unknown: [...found.values()] };
  } catch (error) {
    // A stack smaller than usual ends before the levels do.
    if (!(error instanceof TooDeep || error instanceof RangeError)) throw error;
    return { relation: openRelation(label), unknown: [...found.values()] };
  }
}

/** What the stack surely has room for: a sum of a thousand columns is nested so deep. */
const MAX_LEVELS = 1_200;
/** A query within another takes as much room as so many operators. */
const QUERY_LEVELS = 6;

class TooDeep extends Error {}

/** How deep reading has gone into nested queries and expressions. */
class Levels {
  #depth = 0;

  within<T>(levels: number, read: () => T): T {
    this.#depth += levels;
    if (this.#depth > MAX_LEVELS) throw new TooDeep();
    const value = read();
    this.#depth -= levels;
    return value;
  }
}

function readSelect(query: SelectStmt, outer: Scope, reading: Reading): KnownRelation {
  const around = readExpressions(query.withClause, outer, reading);
  const { op, valuesLists } = query;
  if (op !== undefined && op !== 'SETOP_NONE') return readSetOperation(query, around, reading);
  if (valuesLists !== undefined) return readValues(valuesLists, around, reading);
  return readPlain(query, around, reading);
}

/** Common table expressions, each known to those after it. */
function readExpressions(clause: WithClause | undefined, outer: Scope, reading: Reading): Scope {
  const expressions = new Map(outer.expressions);
  const around: Scope = { items: [], outer, expressions };
  for (const node of clause?.ctes ?? []) {
    if (!('CommonTableExpr' in node)) continue;
    const { ctename: name = '', ctequery, aliascolnames } = node.CommonTableExpr;
    const query = ctequery !== undefined && 'SelectStmt' in ctequery ? ctequery.SelectStmt : undefined;
    const read = (select: SelectStmt): void => {
      expressions.set(
        name,
        renamed({ ...reading.query(select, around), label: name }, namesOf(aliascolnames)),
      );
    };
    // An ephemeral model that the compiler put there was read by itself.
    const model = reading.relationOf(undefined, name);
    if (model !== undefined) {
      expressions.set(name, model);
      continue;
    }
    if (clause?.recursive === true) expressions.set(name, openRelation(name));
    // What a recursive expression yields is what its first part says.
    if (clause?.recursive === true && query?.larg !== undefined) read(query.larg);
    if (query === undefined) expressions.set(name, openRelation(name));
    else read(query);
  }
  return around;
}

function readSetOperation(query: SelectStmt, around: Scope, reading: Reading): KnownRelation {
  const { larg, rarg } = query;
  const left = larg === undefined ? openRelation('') : reading.query(larg, around);
  const right = rarg === undefined ? openRelation('') : reading.query(rarg, around);
  const columns = left.columns.map(({ name, content }, index) => ({
    name,
    content: right.columns[index]?.content?.part === content?.part ? content : undefined,
  }));
  return { label: '', columns, isOpen: left.isOpen };
}

function readValues(rows: readonly SqlNode[], around: Scope, reading: Reading): KnownRelation {
  for (const node of nodesBelow(rows)) reading.value(node, around);
  const [first] = rows;
  const width = first !== undefined && 'List' in first ? (first.List.items?.length ?? 0) : 0;
  const columns = Array.from({ length: width }, (_, index) => ({
    name: `column${index + 1}`,
    content: undefined,
  }));
  return { label: '', columns, isOpen: false };
}

function readPlain(query: SelectStmt, around: Scope, reading: Reading): KnownRelation {
  const scope = readFrom(query.fromClause ?? [], around, reading);
  const targets = (query.targetList ?? []).map((target) => columnsOfTarget(target, scope, reading));
  const relation: KnownRelation = {
    label: '',
    columns: targets.flatMap(({ columns }) => columns),
    isOpen: targets.some(({ isOpen }) => isOpen),
  };
  const { whereClause, havingClause, windowClause, limitCount, limitOffset } = query;
  for (const node of [whereClause, havingClause, limitCount, limitOffset]) reading.value(node, scope);
  for (const node of nodesBelow(windowClause)) reading.value(node, scope);
  const { sortClause = [], groupClause = [], distinctClause = [] } = query;
  const ordered = sortClause.map((node) => ('SortBy' in node ? node.SortBy.node : node));
  for (const node of [...ordered, ...groupClause, ...distinctClause])
    readByName(node, relation, scope, reading);
  return relation;
}

/** ORDER BY, GROUP BY and DISTINCT ON may mean a column of the result; DISTINCT alone has an empty node. */
function readByName(node: SqlNode | undefined, result: KnownRelation, scope: Scope, reading: Reading): void {
  if (node === undefined || Object.keys(node).length === 0) return;
  // `group by rollup (a, b)`
  if ('GroupingSet' in node || 'RowExpr' in node) {
    for (const part of nodesBelow(Object.values(node)[0])) readByName(part, result, scope, reading);
    return;
  }
  const name = plainNameOf(node);
  if (name === undefined || columnOf([result], name) === undefined) reading.value(node, scope);
}

type Columns = Pick<KnownRelation, 'columns' | 'isOpen'>;

function columnsOfTarget(target: SqlNode, scope: Scope, reading: Reading): Columns {
  if (!('ResTarget' in target)) return { columns: [], isOpen: true };
  const { name, val } = target.ResTarget;
  const starred = starOf(val, scope, reading);
  if (starred !== undefined) return starred;
  const content = reading.value(val, scope);
  const called = name ?? columnName(val);
  const columns: KnownColumn[] = called === undefined ? [] : [{ name: called, content }];
  return { columns, isOpen: called === undefined };
}

/** Columns of `*`, `s.*` or `(value).*`; undefined for anything else. */
function starOf(val: SqlNode | undefined, scope: Scope, reading: Reading): Columns | undefined {
  if (val === undefined) return undefined;
  if ('A_Indirection' in val) {
    const { arg, indirection = [] } = val.A_Indirection;
    if (!indirection.some((part) => 'A_Star' in part)) return undefined;
    reading.value(arg, scope);
    return { columns: [], isOpen: true };
  }
  if (!('ColumnRef' in val)) return undefined;
  const { fields = [] } = val.ColumnRef;
  if (!fields.some((field) => 'A_Star' in field)) return undefined;
  const names = namesOf(fields);
  const item = names.length === 0 ? undefined : itemNamed(names, scope);
  if (names.length > 0 && item === undefined) return { columns: [], isOpen: true };
  const items = item === undefined ? scope.items : [{ ...item, starred: item.relation.columns }];
  return {
    columns: items.flatMap(starredOf),
    isOpen: items.some(({ relation }) => relation.isOpen),
  };
}
