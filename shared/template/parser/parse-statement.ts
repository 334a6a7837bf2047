import type { Statement } from '../syntax/statement.ts';
import {
  parseAssignment,
  parseAutoescape,
  parseDo,
  parseFilterBlock,
  parseWith,
} from './parse-assignment.ts';
import { parseFor, parseIf, parseLoopControl } from './parse-flow.ts';
import { parseBlock, parseExtends, parseFrom, parseImport, parseInclude } from './parse-inheritance.ts';
import { parseCallBlock, parseMacro } from './parse-macro.ts';
import { parseTuple } from './parse-tuple.ts';
import type { ParserState } from './parser-state.ts';

type StatementRule = (state: ParserState, at: number) => Statement;

const statements: ReadonlyMap<string, StatementRule> = new Map<string, StatementRule>([
  ['if', parseIf],
  ['for', parseFor],
  ['set', parseAssignment],
  ['with', parseWith],
  ['do', parseDo],
  ['autoescape', parseAutoescape],
  ['filter', parseFilterBlock],
  ['call', parseCallBlock],
  ['macro', (state, at) => parseMacro(state, at, 'macro')],
  ['include', parseInclude],
  ['import', parseImport],
  ['from', parseFrom],
  ['extends', parseExtends],
  ['block', parseBlock],
  ['break', (state, at) => parseLoopControl(state, at, 'break')],
  ['continue', (state, at) => parseLoopControl(state, at, 'continue')],
  ['print', (state, at) => ({ kind: 'output', at, expression: parseTuple(state) })],
]);

/** Parses the tag whose name is the current token, up to its end mark. */
export function parseStatement(state: ParserState, at: number): Statement {
  const tag = state.stream.current.value;
  const rule = statements.get(tag);
  const isMacroTag = state.macroTags.has(tag);
  if (rule === undefined && !isMacroTag) throw state.stream.fault(`Encountered unknown tag '${tag}'`);
  state.stream.next();
  return rule !== undefined && !isMacroTag ? rule(state, at) : parseMacro(state, at, tag);
}
