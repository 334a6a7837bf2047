import { namesOf, type SqlNode } from './sql-tree.ts';

/** What PostgreSQL calls a column it has no name for. */
const NAMELESS = '?column?';

/**
 * The name of a column that is given none, by PostgreSQL's rule (its `parse_target.c`, `FigureColname`).
 *
 * @returns undefined where this does not know the rule: any name may be meant then.
 */
export function columnName(node: SqlNode | undefined): string | undefined {
  const figured = node === undefined ? undefined : figure(node);
  return figured === 'unknown' ? undefined : (figured?.name ?? NAMELESS);
}

/** A weak name gives way to that of what stands around it. */
interface Figured {
  readonly name: string;
  readonly isWeak: boolean;
}

const strong = (name: string | undefined): Figured | undefined =>
  name === undefined ? undefined : { name, isWeak: false };

function figure(node: SqlNode): Figured | 'unknown' | undefined {
  if ('ColumnRef' in node) return strong(namesOf(node.ColumnRef.fields).at(-1));
  if ('FuncCall' in node) return strong(namesOf(node.FuncCall.funcname).at(-1));
  if ('A_Indirection' in node) {
    const { arg, indirection } = node.A_Indirection;
    return strong(namesOf(indirection).at(-1)) ?? below(arg);
  }
  if ('TypeCast' in node) {
    const { arg, typeName } = node.TypeCast;
    return orWeak(below(arg), namesOf(typeName?.names).at(-1));
  }
  if ('CollateClause' in node) return below(node.CollateClause.arg);
  if ('CaseExpr' in node) return orWeak(below(node.CaseExpr.defresult), 'case');
  if ('A_Expr' in node) return node.A_Expr.kind === 'AEXPR_NULLIF' ? strong('nullif') : undefined;
  if ('SubLink' in node) return figureQuery(node.SubLink.subLinkType, node.SubLink.subselect);
  return figureFixed(node);
}

const below = (node: SqlNode | undefined): Figured | 'unknown' | undefined =>
  node === undefined ? undefined : figure(node);

function orWeak(
  found: Figured | 'unknown' | undefined,
  name: string | undefined,
): Figured | 'unknown' | undefined {
  if (found === 'unknown' || (found !== undefined && !found.isWeak)) return found;
  return name === undefined ? found : { name, isWeak: true };
}

function figureQuery(kind: string | undefined, query: SqlNode | undefined): Figured | 'unknown' | undefined {
  if (kind === 'EXISTS_SUBLINK') return strong('exists');
  if (kind === 'ARRAY_SUBLINK') return strong('array');
  if (kind !== 'EXPR_SUBLINK' || query === undefined || !('SelectStmt' in query)) return undefined;
  const [target] = query.SelectStmt.targetList ?? [];
  if (target === undefined || !('ResTarget' in target)) return 'unknown';
  return strong(target.ResTarget.name) ?? below(target.ResTarget.val);
}

/** Kinds with one name, and those that have none. */
function figureFixed(node: SqlNode): Figured | 'unknown' | undefined {
  if ('A_ArrayExpr' in node) return strong('array');
  if ('RowExpr' in node) return strong('row');
  if ('CoalesceExpr' in node) return strong('coalesce');
  if ('GroupingFunc' in node) return strong('grouping');
  if ('MinMaxExpr' in node) return strong(node.MinMaxExpr.op === 'IS_LEAST' ? 'least' : 'greatest');
  if ('SQLValueFunction' in node)
    return strong(
      node.SQLValueFunction.op
        ?.replace(/^SVFOP_/, '')
        .replace(/_N$/, '')
        .toLowerCase(),
    );
  const isNameless = ['A_Const', 'BoolExpr', 'NullTest', 'BooleanTest', 'ParamRef'].some(
    (kind) => kind in node,
  );
  return isNameless ? undefined : 'unknown';
}
