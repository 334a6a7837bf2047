import type { Expression, Filter } from '../syntax/expression.ts';
import type { Do, FilterBlock, Statement, Target, With } from '../syntax/statement.ts';
import { parseFilter } from './parse-postfix.ts';
import { parseTarget } from './parse-target.ts';
import { parseTuple } from './parse-tuple.ts';
import type { ParserState } from './parser-state.ts';

/** Parses `set target = value` and `set target | filter` with its body. */
export function parseAssignment(state: ParserState, at: number): Statement {
  const { stream } = state;
  const target = parseTarget(state, true);
  if (stream.skipOperator('=')) return { kind: 'set', at, target, value: parseTuple(state) };
  const filter = stream.skipOperator('|') ? parseFilterChain(state) : null;
  stream.expect('tagEnd');
  return { kind: 'setBlock', at, target, filter, body: state.rules.body(state, ['endset']).statements };
}

/** Parses `with a = 1, b = 2`. */
export function parseWith(state: ParserState, at: number): With {
  const { stream } = state;
  const assignments: { target: Target; value: Expression }[] = [];
  while (!stream.is('tagEnd')) {
    if (assignments.length > 0) stream.expect('operator', ',');
    const target = parseTarget(state, false);
    stream.expect('operator', '=');
    assignments.push({ target, value: state.rules.expression(state) });
  }
  stream.expect('tagEnd');
  return { kind: 'with', at, assignments, body: state.rules.body(state, ['endwith']).statements };
}

export function parseDo(state: ParserState, at: number): Do {
  return { kind: 'do', at, expression: parseTuple(state) };
}

export function parseFilterBlock(state: ParserState, at: number): FilterBlock {
  const filter = parseFilterChain(state);
  state.stream.expect('tagEnd');
  return { kind: 'filterBlock', at, filter, body: state.rules.body(state, ['endfilter']).statements };
}

/** Parses `first | second`, applied to a text that is not written there. */
function parseFilterChain(state: ParserState): Filter {
  let filter = parseFilter(state, null);
  while (state.stream.skipOperator('|')) filter = parseFilter(state, filter);
  return filter;
}

/** Output is never escaped; `autoescape false` says so and is a scope, anything else is refused. */
export function parseAutoescape(state: ParserState, at: number): With {
  const choice = state.rules.expression(state);
  if (choice.kind !== 'constant' || choice.value !== false)
    throw state.stream.fault('autoescape is not supported', at);
  state.stream.expect('tagEnd');
  return { kind: 'with', at, assignments: [], body: state.rules.body(state, ['endautoescape']).statements };
}
