import type { CallArguments, Expression, Filter } from '../syntax/expression.ts';
import { noArguments, parseArguments } from './parse-arguments.ts';
import { parsePrimary } from './parse-primary.ts';
import type { ParserState } from './parser-state.ts';

/** Parses `.name`, `[key]` and `(arguments)` after an expression. */
export function parsePostfix(state: ParserState, start: Expression): Expression {
  let node = start;
  for (let links = 1; ; links += 1) {
    state.checkChain(links);
    if (state.stream.isOperator('.') || state.stream.isOperator('[')) node = parseSubscript(state, node);
    else if (state.stream.isOperator('(')) node = parseCall(state, node);
    else return node;
  }
}

/** Parses `| filter`, `is test` and calls of their results. */
export function parseFilters(state: ParserState, start: Expression): Expression {
  let node = start;
  for (let links = 1; ; links += 1) {
    state.checkChain(links);
    if (state.stream.skipOperator('|')) node = parseFilter(state, node);
    else if (state.stream.isName('is')) node = parseTest(state, node);
    else if (state.stream.isOperator('(')) node = parseCall(state, node);
    else return node;
  }
}

/** Parses a filter's name and arguments, after the `|`. */
export function parseFilter(state: ParserState, input: Expression | null): Filter {
  const { at } = state.stream.current;
  const name = dottedName(state);
  if (state.branches === 0 && !state.filterNames.has(name))
    throw state.stream.fault(`No filter named '${name}'`, at);
  const written: CallArguments = state.stream.isOperator('(') ? parseArguments(state) : noArguments;
  return { kind: 'filter', at, input, name, arguments: written };
}

function dottedName({ stream }: ParserState): string {
  let name = stream.expect('name').value;
  while (stream.skipOperator('.')) name += `.${stream.expect('name').value}`;
  return name;
}

function parseCall(state: ParserState, callee: Expression): Expression {
  const { at } = callee;
  return { kind: 'call', at, callee, arguments: parseArguments(state) };
}

function parseTest(state: ParserState, input: Expression): Expression {
  const { stream } = state;
  const { at } = stream.next();
  const isNegated = stream.skipName('not');
  const nameAt = stream.current.at;
  const name = dottedName(state);
  if (state.branches === 0 && !state.testNames.has(name))
    throw stream.fault(`No test named '${name}'`, nameAt);
  const node: Expression = { kind: 'test', at, input, name, arguments: testArguments(state) };
  return isNegated ? { kind: 'unary', operator: 'not', at, operand: node } : node;
}

/** A test takes one argument without parentheses: `x is divisibleby 3`. */
function testArguments(state: ParserState): CallArguments {
  const { stream } = state;
  if (stream.isOperator('(')) return parseArguments(state);
  const { kind, value } = stream.current;
  const isLiteral = kind === 'name' || kind === 'string' || kind === 'integer' || kind === 'float';
  const isBracket = kind === 'operator' && (value === '[' || value === '{');
  if (!isLiteral && !isBracket) return noArguments;
  if (kind === 'name' && (value === 'else' || value === 'or' || value === 'and')) return noArguments;
  if (kind === 'name' && value === 'is') throw stream.fault('You cannot chain multiple tests with is');
  const argument = state.nested(() => parsePostfix(state, parsePrimary(state)));
  return { ...noArguments, positional: [argument] };
}

function parseSubscript(state: ParserState, object: Expression): Expression {
  const { stream } = state;
  const { at } = object;
  if (stream.skipOperator('.')) {
    const { kind, value, at: keyAt } = stream.next();
    if (kind === 'name') return { kind: 'attribute', at, object, name: value };
    if (kind !== 'integer') throw stream.fault('expected name or number', keyAt);
    return { kind: 'item', at, object, key: { kind: 'constant', at: keyAt, value: BigInt(value) } };
  }
  const open = stream.expect('operator', '[').at;
  const keys: Expression[] = [];
  while (!stream.isOperator(']')) {
    if (keys.length > 0) stream.expect('operator', ',');
    keys.push(parseKey(state));
  }
  stream.expect('operator', ']');
  const [only] = keys;
  const key: Expression =
    keys.length === 1 && only !== undefined ? only : { kind: 'tuple', at: open, items: keys };
  return { kind: 'item', at, object, key };
}

function parseKey(state: ParserState): Expression {
  const { stream } = state;
  const { at } = stream.current;
  const start = stream.isOperator(':') ? null : state.rules.expression(state);
  if (start !== null && !stream.isOperator(':')) return start;
  stream.expect('operator', ':');
  const stop = slicePart(state);
  const step = stream.skipOperator(':') ? slicePart(state) : null;
  return { kind: 'slice', at, start, stop, step };
}

function slicePart(state: ParserState): Expression | null {
  const { stream } = state;
  if (stream.isOperator(':') || stream.isOperator(']') || stream.isOperator(',')) return null;
  return state.rules.expression(state);
}
