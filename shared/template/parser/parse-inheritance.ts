import type { Block, Extends, FromImport, Import, Include } from '../syntax/statement.ts';
import { parseTargetName } from './parse-target.ts';
import type { ParserState } from './parser-state.ts';

/** Parses `with context` or `without context`; undefined when neither is there. */
function parseContext({ stream }: ParserState): boolean | undefined {
  const { current, following } = stream;
  const isWord = current.kind === 'name' && (current.value === 'with' || current.value === 'without');
  if (!isWord || following.kind !== 'name' || following.value !== 'context') return undefined;
  stream.next();
  stream.next();
  return current.value === 'with';
}

export function parseInclude(state: ParserState, at: number): Include {
  const { stream } = state;
  const template = state.rules.expression(state);
  const ignoreMissing = stream.isName('ignore') && stream.following.value === 'missing';
  if (ignoreMissing) {
    stream.next();
    stream.next();
  }
  return { kind: 'include', at, template, ignoreMissing, withContext: parseContext(state) ?? true };
}

export function parseImport(state: ParserState, at: number): Import {
  const template = state.rules.expression(state);
  state.stream.expect('name', 'as');
  const name = parseTargetName(state);
  return { kind: 'import', at, template, name, withContext: parseContext(state) ?? false };
}

export function parseFrom(state: ParserState, at: number): FromImport {
  const { stream } = state;
  const template = state.rules.expression(state);
  stream.expect('name', 'import');
  const names: { name: string; alias: string }[] = [];
  let withContext = parseContext(state);
  while (withContext === undefined) {
    names.push(parseImportedName(state));
    withContext = parseContext(state);
    if (withContext !== undefined || !stream.skipOperator(',')) break;
    withContext = parseContext(state);
  }
  return { kind: 'fromImport', at, template, names, withContext: withContext ?? false };
}

function parseImportedName(state: ParserState): { name: string; alias: string } {
  const { at } = state.stream.current;
  const name = parseTargetName(state);
  if (name.startsWith('_'))
    throw state.stream.fault('names starting with an underline can not be imported', at);
  return { name, alias: state.stream.skipName('as') ? parseTargetName(state) : name };
}

export function parseExtends(state: ParserState, at: number): Extends {
  return { kind: 'extends', at, template: state.rules.expression(state) };
}

export function parseBlock(state: ParserState, at: number): Block {
  const { stream } = state;
  const { value: name } = stream.expect('name');
  if (state.blockNames.has(name)) throw stream.fault(`block '${name}' defined twice`, at);
  state.blockNames.add(name);
  const scoped = stream.skipName('scoped');
  const required = stream.skipName('required');
  stream.expect('tagEnd');
  const { statements: body } = state.rules.body(state, ['endblock']);
  stream.skipName(name);
  const isBlank = body.every((node) => node.kind === 'text' && node.text.trim() === '');
  if (required && !isBlank) throw stream.fault('Required blocks can only contain comments or whitespace', at);
  return { kind: 'block', at, name, scoped, required, body };
}
