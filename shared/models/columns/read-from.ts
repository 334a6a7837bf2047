import type { JoinExpr, RangeVar } from 'libpg-query';
import { aliased, starredOf } from './from-item.ts';
import { functionItem } from './function-item.ts';
import { type KnownColumn, type KnownRelation, openRelation, relationOfNames } from './known-relation.ts';
import type { FromItem, Reading, Scope } from './reading.ts';
import { columnOf } from './resolve-column.ts';
import { namesOf, nodesBelow, type SqlNode } from './sql-tree.ts';

/** What FROM brings. @param around what stands around the query, its common table expressions among them. */
export function readFrom(nodes: readonly SqlNode[], around: Scope, reading: Reading): Scope {
  let scope: Scope = { items: [], outer: around, expressions: around.expressions };
  // What comes later may look at what came before, when it is LATERAL.
  for (const node of nodes) scope = { ...scope, items: [...scope.items, ...itemsOf(node, scope, reading)] };
  return scope;
}

function itemsOf(node: SqlNode, scope: Scope, reading: Reading): FromItem[] {
  if ('RangeVar' in node) return [tableItem(node.RangeVar, scope, reading)];
  if ('JoinExpr' in node) return joinItems(node.JoinExpr, scope, reading);
  if ('RangeFunction' in node) return [functionItem(node.RangeFunction, scope, reading)];
  if ('RangeSubselect' in node) {
    const { subquery, alias, lateral } = node.RangeSubselect;
    const around = lateral === true ? scope : (scope.outer ?? scope);
    const isQuery = subquery !== undefined && 'SelectStmt' in subquery;
    const relation = isQuery ? reading.query(subquery.SelectStmt, around) : openRelation('');
    return [aliased(relation, alias, '')];
  }
  if ('RangeTableSample' in node) {
    for (const part of nodesBelow(node.RangeTableSample.args)) reading.value(part, scope);
    return node.RangeTableSample.relation === undefined
      ? []
      : itemsOf(node.RangeTableSample.relation, scope, reading);
  }
  for (const part of nodesBelow(Object.values(node)[0])) reading.value(part, scope);
  const alias = 'JsonTable' in node ? node.JsonTable.alias : undefined;
  return [aliased(openRelation(''), alias, '')];
}

function tableItem({ schemaname, relname = '', alias }: RangeVar, scope: Scope, reading: Reading): FromItem {
  const expression = schemaname === undefined ? scope.expressions.get(relname) : undefined;
  const relation = expression ?? reading.relationOf(schemaname, relname) ?? openRelation(relname);
  return aliased(relation, alias, relname, schemaname);
}

function joinItems(join: JoinExpr, scope: Scope, reading: Reading): FromItem[] {
  const { larg, rarg, quals, usingClause, alias, join_using_alias: shared } = join;
  const left = larg === undefined ? [] : itemsOf(larg, scope, reading);
  const beside = { ...scope, items: [...scope.items, ...left] };
  const right = rarg === undefined ? [] : itemsOf(rarg, beside, reading);
  reading.value(quals, { ...scope, items: [...left, ...right] });
  const names = join.isNatural === true ? commonNames(left, right) : namesOf(usingClause);
  if (join.isNatural !== true) for (const name of names) readShared(name, [left, right], reading);
  const items = names.length === 0 ? [...left, ...right] : sharing(names, left, right);
  const using = shared === undefined ? [] : [aliased(relationOfNames('', names), shared, '')];
  if (alias === undefined) return [...items, ...using.map((item) => ({ ...item, starred: [] }))];
  return [aliased(merged(items), alias, '')];
}

const commonNames = (left: readonly FromItem[], right: readonly FromItem[]): string[] => {
  const others = new Set(right.flatMap(starredOf).map(({ name }) => name));
  return left.flatMap(starredOf).flatMap(({ name }) => (others.has(name) ? name : []));
};

/** A column of USING has to be on both sides. */
function readShared(name: string, sides: readonly (readonly FromItem[])[], reading: Reading): void {
  for (const side of sides) {
    const relations = side.map(({ relation }) => relation);
    if (relations.some(({ isOpen }) => isOpen) || columnOf(relations, name) !== undefined) continue;
    const labels = relations.map(({ label }) => label).join(', ');
    reading.report({ name, at: 0, cause: `joins using ${name}, which is no column of ${labels}` });
    return;
  }
}

/** Columns that both sides share come first with `*`, and once. */
function sharing(
  names: readonly string[],
  left: readonly FromItem[],
  right: readonly FromItem[],
): FromItem[] {
  const isOwn = ({ name }: KnownColumn): boolean => !names.includes(name);
  const ofLeft = left.flatMap(starredOf);
  const first = names.flatMap((name) => ofLeft.find((column) => column.name === name) ?? []);
  return [
    ...starring(left, [...first, ...ofLeft.filter(isOwn)]),
    ...starring(right, right.flatMap(starredOf).filter(isOwn)),
  ];
}

/** One side of a join, of which `*` takes these. */
const starring = (side: readonly FromItem[], columns: readonly KnownColumn[]): FromItem[] =>
  side.map((item, index) => ({ ...item, starred: index === 0 ? columns : [] }));

const merged = (items: readonly FromItem[]): KnownRelation => ({
  label: items.map(({ relation }) => relation.label).join(', '),
  columns: items.flatMap(starredOf),
  isOpen: items.some(({ relation }) => relation.isOpen),
});
