import type { Binary, Comparison, ComparisonOperator, Expression } from '../syntax/expression.ts';
import { parseFilters, parsePostfix } from './parse-postfix.ts';
import { parsePrimary } from './parse-primary.ts';
import type { ParserState } from './parser-state.ts';

/** Parses an expression with Jinja's precedence, where `**` is left-associative and `-` binds tighter. */
export function parseExpression(state: ParserState, withConditional = true): Expression {
  return state.nested(() => (withConditional ? parseConditional(state) : parseOr(state)));
}

function parseConditional(state: ParserState): Expression {
  let expression = parseOr(state);
  for (let links = 1; state.stream.skipName('if'); links += 1) {
    state.checkChain(links);
    const condition = parseOr(state);
    const whenFalse = state.stream.skipName('else') ? state.nested(() => parseConditional(state)) : null;
    expression = { kind: 'conditional', at: expression.at, condition, whenTrue: expression, whenFalse };
  }
  return expression;
}

function parseOr(state: ParserState): Expression {
  let left = parseAnd(state);
  for (let links = 1; state.stream.skipName('or'); links += 1) {
    state.checkChain(links);
    left = { kind: 'logical', operator: 'or', at: left.at, left, right: parseAnd(state) };
  }
  return left;
}

function parseAnd(state: ParserState): Expression {
  let left = parseNot(state);
  for (let links = 1; state.stream.skipName('and'); links += 1) {
    state.checkChain(links);
    left = { kind: 'logical', operator: 'and', at: left.at, left, right: parseNot(state) };
  }
  return left;
}

function parseNot(state: ParserState): Expression {
  const { at } = state.stream.current;
  if (!state.stream.skipName('not')) return parseComparison(state);
  return { kind: 'unary', operator: 'not', at, operand: state.nested(() => parseNot(state)) };
}

function parseComparison(state: ParserState): Expression {
  const first = parseSum(state);
  const rest: { operator: ComparisonOperator; operand: Expression }[] = [];
  for (
    let operator = comparisonOperator(state);
    operator !== undefined;
    operator = comparisonOperator(state)
  ) {
    rest.push({ operator, operand: parseSum(state) });
  }
  const comparison: Comparison = { kind: 'comparison', at: first.at, first, rest };
  return rest.length === 0 ? first : comparison;
}

const comparisonOperators: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

function comparisonOperator(state: ParserState): ComparisonOperator | undefined {
  const { stream } = state;
  const { current } = stream;
  if (current.kind === 'operator' && isComparison(current.value)) {
    stream.next();
    return current.value;
  }
  if (stream.skipName('in')) return 'in';
  if (!stream.isName('not') || stream.following.kind !== 'name' || stream.following.value !== 'in')
    return undefined;
  stream.next();
  stream.next();
  return 'not in';
}

function isComparison(sign: string): sign is ComparisonOperator {
  return comparisonOperators.has(sign);
}

type BinaryOperator = Binary['operator'];

function parseChain(
  state: ParserState,
  operators: readonly BinaryOperator[],
  parse: (state: ParserState) => Expression,
): Expression {
  let left = parse(state);
  for (let links = 1; ; links += 1) {
    const { current } = state.stream;
    const operator =
      current.kind === 'operator' ? operators.find((sign) => sign === current.value) : undefined;
    if (operator === undefined) return left;
    state.stream.next();
    state.checkChain(links);
    left = { kind: 'binary', operator, at: left.at, left, right: parse(state) };
  }
}

const sumOperators: readonly BinaryOperator[] = ['+', '-'];
const productOperators: readonly BinaryOperator[] = ['*', '/', '//', '%'];
const powerOperators: readonly BinaryOperator[] = ['**'];

function parseSum(state: ParserState): Expression {
  return parseChain(state, sumOperators, parseConcatenation);
}

function parseConcatenation(state: ParserState): Expression {
  const first = parseProduct(state);
  if (!state.stream.isOperator('~')) return first;
  const parts = [first];
  while (state.stream.skipOperator('~')) parts.push(parseProduct(state));
  return { kind: 'concatenation', at: first.at, parts };
}

function parseProduct(state: ParserState): Expression {
  return parseChain(state, productOperators, parsePower);
}

function parsePower(state: ParserState): Expression {
  return parseChain(state, powerOperators, parseUnaryWithFilters);
}

function parseUnaryWithFilters(state: ParserState): Expression {
  return parseFilters(state, parseUnary(state));
}

/** Filters bind looser than a sign, postfixes tighter: `-x.y | abs` is `(-(x.y)) | abs`. */
function parseUnary(state: ParserState): Expression {
  const { stream } = state;
  const { at } = stream.current;
  const operator = stream.isOperator('-') ? '-' : stream.isOperator('+') ? '+' : undefined;
  if (operator === undefined) return parsePostfix(state, parsePrimary(state));
  stream.next();
  const operand = state.nested(() => parseUnary(state));
  return parsePostfix(state, { kind: 'unary', operator, at, operand });
}
