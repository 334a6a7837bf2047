import { TemplateFault } from '../failures/template-fault.ts';
import type { Token } from '../lexer/token.ts';
import type { Statement } from '../syntax/statement.ts';
import { parseExpression } from './parse-expression.ts';
import { parseStatement } from './parse-statement.ts';
import { parseTuple } from './parse-tuple.ts';
import { type GrammarRules, ParserState } from './parser-state.ts';
import { TokenStream } from './token-stream.ts';

const rules: GrammarRules = { expression: parseExpression, body: parseBody };

/**
 * Parses the tokens of a template.
 *
 * @throws a `syntax` fault with its offset.
 */
export function parseTemplate(
  tokens: readonly Token[],
  names: Pick<ParserState, 'macroTags' | 'filterNames' | 'testNames'>,
): Statement[] {
  return parseBody(new ParserState(new TokenStream(tokens), names, rules), []).statements;
}

function parseBody(state: ParserState, ends: readonly string[]): { statements: Statement[]; end: string } {
  return state.nested(() => {
    const statements: Statement[] = [];
    const start = state.stream.current.at;
    for (;;) {
      const end = parseNext(state, ends, statements, start);
      if (end !== undefined) return { statements, end };
    }
  });
}

/** Parses one piece; answers the name of the end tag when it was that, `''` at the end of the template. */
function parseNext(
  state: ParserState,
  ends: readonly string[],
  into: Statement[],
  start: number,
): string | undefined {
  const { stream } = state;
  const { kind, value, at } = stream.next();
  if (kind === 'text') {
    into.push({ kind: 'text', at, text: value });
  } else if (kind === 'outputBegin') {
    into.push({ kind: 'output', at, expression: parseTuple(state) });
    stream.expect('outputEnd');
  } else if (kind === 'tagBegin') {
    if (!stream.is('name')) throw stream.fault('tag name expected');
    if (ends.includes(stream.current.value)) return stream.next().value;
    into.push(parseStatement(state, at));
    stream.expect('tagEnd');
  } else {
    if (ends.length === 0) return '';
    throw new TemplateFault(
      'syntax',
      `unexpected end of template, expected one of: ${ends.join(', ')}`,
      start,
    );
  }
  return undefined;
}
