import type { Target } from '../syntax/statement.ts';
import type { ParserState } from './parser-state.ts';

const reserved: ReadonlySet<string> = new Set(['true', 'false', 'none', 'True', 'False', 'None']);

/**
 * Parses what is assigned to: a name, several in a tuple, or (with `withNamespace`) `name.attribute`.
 *
 * @param endName a name that ends the targets, e.g. `in`.
 */
export function parseTarget(state: ParserState, withNamespace: boolean, endName?: string): Target {
  const { stream } = state;
  const { at } = stream.current;
  const targets: Target[] = [];
  let isTuple = false;
  while (!isEnd(state, endName)) {
    targets.push(parseSingle(state, withNamespace));
    if (!stream.skipOperator(',')) break;
    isTuple = true;
  }
  const [only] = targets;
  if (only === undefined) throw stream.fault('expected a name to assign to');
  return isTuple ? { kind: 'tupleTarget', at, targets } : only;
}

function isEnd({ stream }: ParserState, endName: string | undefined): boolean {
  if (stream.is('tagEnd') || stream.isOperator('=') || stream.isOperator(')')) return true;
  return endName !== undefined && stream.isName(endName);
}

function parseSingle(state: ParserState, withNamespace: boolean): Target {
  const { stream } = state;
  if (stream.skipOperator('(')) {
    const inner = state.nested(() => parseTarget(state, withNamespace));
    stream.expect('operator', ')');
    return inner;
  }
  const { value: name, at } = stream.expect('name');
  if (reserved.has(name)) throw stream.fault(`can't assign to '${name}'`, at);
  if (!withNamespace || !stream.skipOperator('.')) return { kind: 'nameTarget', at, name };
  return { kind: 'namespaceTarget', at, namespace: name, attribute: stream.expect('name').value };
}

/** Parses a name that is given a value. */
export function parseTargetName(state: ParserState): string {
  const { value: name, at } = state.stream.expect('name');
  if (reserved.has(name)) throw state.stream.fault(`can't assign to '${name}'`, at);
  return name;
}
