import type { CallArguments, Expression } from '../syntax/expression.ts';
import type { ParserState } from './parser-state.ts';

export const noArguments: CallArguments = { positional: [], named: [], spread: null, namedSpread: null };

interface Draft {
  positional: Expression[];
  named: { name: string; value: Expression }[];
  spread: Expression | null;
  namedSpread: Expression | null;
}

/** Parses `(a, b, *more, key=value, **others)`. */
export function parseArguments(state: ParserState): CallArguments {
  const { stream } = state;
  const { at } = stream.expect('operator', '(');
  const draft: Draft = { positional: [], named: [], spread: null, namedSpread: null };
  for (let isFirst = true; !stream.isOperator(')'); isFirst = false) {
    if (!isFirst) stream.expect('operator', ',');
    if (stream.isOperator(')')) break;
    parseArgument(state, draft, at);
  }
  stream.expect('operator', ')');
  return draft;
}

function parseArgument(state: ParserState, draft: Draft, at: number): void {
  const { stream } = state;
  const check = (isValid: boolean): void => {
    if (!isValid) throw stream.fault('invalid syntax for function call expression', at);
  };
  if (stream.skipOperator('*')) {
    check(draft.spread === null && draft.namedSpread === null);
    draft.spread = state.rules.expression(state);
  } else if (stream.skipOperator('**')) {
    check(draft.namedSpread === null);
    draft.namedSpread = state.rules.expression(state);
  } else if (stream.is('name') && stream.following.kind === 'operator' && stream.following.value === '=') {
    check(draft.namedSpread === null);
    draft.named.push(parseNamed(state, draft));
  } else {
    check(draft.spread === null && draft.namedSpread === null && draft.named.length === 0);
    draft.positional.push(state.rules.expression(state));
  }
}

function parseNamed(state: ParserState, draft: Draft): { name: string; value: Expression } {
  const { value: name, at } = state.stream.expect('name');
  if (draft.named.some((argument) => argument.name === name)) {
    throw state.stream.fault(`keyword argument repeated: ${name}`, at);
  }
  state.stream.expect('operator', '=');
  return { name, value: state.rules.expression(state) };
}
