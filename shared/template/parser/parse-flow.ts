import type { Expression } from '../syntax/expression.ts';
import type { For, If, LoopControl, Statement } from '../syntax/statement.ts';
import { parseTarget } from './parse-target.ts';
import { parseTuple } from './parse-tuple.ts';
import type { ParserState } from './parser-state.ts';

const ifEnds = ['elif', 'else', 'endif'];

/** Parses an `if` with its `elif` and `else` branches. */
export function parseIf(state: ParserState, at: number): If {
  const branches: { condition: Expression; body: Statement[] }[] = [];
  for (;;) {
    const condition = parseTuple(state, { withConditional: false });
    state.stream.expect('tagEnd');
    state.branches += 1;
    const { statements, end } = state.rules.body(state, ifEnds);
    state.branches -= 1;
    branches.push({ condition, body: statements });
    if (end === 'elif') continue;
    return { kind: 'if', at, branches, otherwise: end === 'else' ? parseBranch(state) : [] };
  }
}

function parseBranch(state: ParserState): Statement[] {
  state.branches += 1;
  const body = parseElse(state, 'endif');
  state.branches -= 1;
  return body;
}

function parseElse(state: ParserState, end: string): Statement[] {
  state.stream.expect('tagEnd');
  return state.rules.body(state, [end]).statements;
}

/** Parses `for target in iterable if condition recursive`. */
export function parseFor(state: ParserState, at: number): For {
  const { stream } = state;
  const target = parseTarget(state, false, 'in');
  stream.expect('name', 'in');
  const iterable = parseTuple(state, { withConditional: false, endName: 'recursive' });
  const condition = stream.skipName('if') ? state.rules.expression(state) : null;
  const recursive = stream.skipName('recursive');
  stream.expect('tagEnd');
  state.loops += 1;
  const { statements: body, end } = state.rules.body(state, ['endfor', 'else']);
  state.loops -= 1;
  const otherwise = end === 'else' ? parseElse(state, 'endfor') : [];
  return { kind: 'for', at, target, iterable, condition, body, otherwise, recursive };
}

/** Parses `break` and `continue`. */
export function parseLoopControl(state: ParserState, at: number, kind: LoopControl['kind']): LoopControl {
  if (state.loops === 0) throw state.stream.fault(`'${kind}' outside loop`, at);
  return { kind, at };
}
