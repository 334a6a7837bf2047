import type { Expression } from '../syntax/expression.ts';
import type { Callable, CallBlock, Macro, Parameter } from '../syntax/statement.ts';
import { parsePostfix } from './parse-postfix.ts';
import { parsePrimary } from './parse-primary.ts';
import { parseTargetName } from './parse-target.ts';
import type { ParserState } from './parser-state.ts';

/** Parses a macro, or a tag of the host that defines one. */
export function parseMacro(state: ParserState, at: number, tag: string): Macro {
  const macroTag = state.macroTags.get(tag);
  const name = `${macroTag?.prefix ?? ''}${parseTargetName(state)}`;
  const { parsed, mentions } = state.collectMentions(() => {
    const takesOptions = macroTag?.arguments === 'options';
    const options = takesOptions ? parseOptions(state) : [];
    const parameters = takesOptions ? [] : parseSignature(state);
    state.stream.expect('tagEnd');
    return { options, parameters, body: state.rules.body(state, [`end${tag}`]).statements };
  });
  return { kind: 'macro', at, tag, name, ...parsed, ...acceptance(mentions) };
}

/** Parses `call(parameters) callee(arguments)` with its body. */
export function parseCallBlock(state: ParserState, at: number): CallBlock {
  const { stream } = state;
  const { parsed: parameters, mentions: inDefaults } = state.collectMentions(() =>
    stream.isOperator('(') ? parseSignature(state) : [],
  );
  const call = parsePostfix(state, parsePrimary(state));
  if (call.kind !== 'call') throw stream.fault('expected call', call.at);
  stream.expect('tagEnd');
  const { parsed: body, mentions } = state.collectMentions(
    () => state.rules.body(state, ['endcall']).statements,
  );
  const all = {
    caller: mentions.caller || inDefaults.caller,
    varargs: mentions.varargs || inDefaults.varargs,
    kwargs: mentions.kwargs || inDefaults.kwargs,
  };
  const { callee, arguments: written } = call;
  return {
    kind: 'callBlock',
    at,
    call: { at: call.at, callee, arguments: written },
    parameters,
    body,
    ...acceptance(all),
  };
}

function acceptance(mentions: {
  caller: boolean;
  varargs: boolean;
  kwargs: boolean;
}): Pick<Callable, 'usesCaller' | 'usesVarargs' | 'usesKwargs'> {
  return { usesCaller: mentions.caller, usesVarargs: mentions.varargs, usesKwargs: mentions.kwargs };
}

function parseSignature(state: ParserState): Parameter[] {
  const { stream } = state;
  const parameters: Parameter[] = [];
  stream.expect('operator', '(');
  while (!stream.isOperator(')')) {
    if (parameters.length > 0) stream.expect('operator', ',');
    if (stream.isOperator(')')) break;
    parameters.push(parseParameter(state, parameters.at(-1)));
  }
  stream.expect('operator', ')');
  return parameters;
}

function parseParameter(state: ParserState, previous: Parameter | undefined): Parameter {
  const { stream } = state;
  const name = parseTargetName(state);
  if (stream.skipOperator(':')) skipType(state);
  const defaultValue = stream.skipOperator('=') ? state.rules.expression(state) : null;
  if (defaultValue === null && previous !== undefined && previous.defaultValue !== null) {
    throw stream.fault('non-default argument follows default argument');
  }
  return { name, defaultValue };
}

/** A parameter's type, e.g. `dict[str, int]`, says nothing to the engine. */
function skipType(state: ParserState): void {
  state.nested(() => {
    state.stream.expect('name');
    while (state.stream.skipOperator('.')) state.stream.expect('name');
    if (!state.stream.skipOperator('[')) return;
    while (!state.stream.isOperator(']')) {
      skipType(state);
      if (!state.stream.skipOperator(',')) break;
    }
    state.stream.expect('operator', ']');
  });
}

function parseOptions(state: ParserState): { name: string; value: Expression | null }[] {
  const { stream } = state;
  const options: { name: string; value: Expression | null }[] = [];
  while (stream.skipOperator(',')) {
    const { value: name } = stream.expect('name');
    options.push({ name, value: stream.skipOperator('=') ? state.rules.expression(state) : null });
  }
  return options;
}
