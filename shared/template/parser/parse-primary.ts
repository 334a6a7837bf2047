import type { DictLiteral, Expression, ListLiteral } from '../syntax/expression.ts';
import { parseTuple } from './parse-tuple.ts';
import type { ParserState } from './parser-state.ts';

const words = new Map<string, boolean | null>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

/** Parses a name, a literal or something in brackets. */
export function parsePrimary(state: ParserState): Expression {
  const { stream } = state;
  const { kind, value, at } = stream.current;
  switch (kind) {
    case 'name':
      stream.next();
      return nameOrWord(state, value, at);
    case 'string':
      return { kind: 'constant', at, value: adjacentStrings(state) };
    case 'integer':
      stream.next();
      return { kind: 'constant', at, value: BigInt(value) };
    case 'float':
      stream.next();
      return { kind: 'constant', at, value: Number(value) };
    default:
      return bracketed(state);
  }
}

function nameOrWord(state: ParserState, name: string, at: number): Expression {
  const word = words.get(name);
  if (word !== undefined) return { kind: 'constant', at, value: word };
  state.mention(name);
  return { kind: 'name', at, name };
}

function adjacentStrings({ stream }: ParserState): string {
  let text = '';
  while (stream.is('string')) text += stream.next().value;
  return text;
}

function bracketed(state: ParserState): Expression {
  const { stream } = state;
  if (stream.isOperator('[')) return parseList(state);
  if (stream.isOperator('{')) return parseDict(state);
  if (!stream.skipOperator('(')) throw stream.unexpected();
  const inner = state.nested(() => parseTuple(state, { isParenthesised: true }));
  stream.expect('operator', ')');
  return inner;
}

/** Goes past a comma between items; false when the bracket closes, with or without a comma before. */
function hasMore(state: ParserState, closer: string, isFirst: boolean): boolean {
  const { stream } = state;
  if (stream.isOperator(closer)) return false;
  if (!isFirst) stream.expect('operator', ',');
  return !stream.isOperator(closer);
}

function parseList(state: ParserState): ListLiteral {
  const { at } = state.stream.expect('operator', '[');
  const items: Expression[] = [];
  while (hasMore(state, ']', items.length === 0)) items.push(state.rules.expression(state));
  state.stream.expect('operator', ']');
  return { kind: 'list', at, items };
}

function parseDict(state: ParserState): DictLiteral {
  const { at } = state.stream.expect('operator', '{');
  const pairs: { key: Expression; value: Expression }[] = [];
  while (hasMore(state, '}', pairs.length === 0)) {
    const key = state.rules.expression(state);
    state.stream.expect('operator', ':');
    pairs.push({ key, value: state.rules.expression(state) });
  }
  state.stream.expect('operator', '}');
  return { kind: 'dict', at, pairs };
}
