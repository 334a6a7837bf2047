import { DFA, JS, NFA, TooManyNodesError } from 'refa';
import { patternBody } from '../field-pattern.ts';
import {
  PATTERN_ACCEPTS,
  PATTERN_CLASSES,
  PATTERN_SHIFT,
  PATTERN_STATES,
  PATTERN_STEPS,
} from './assembly/layout.ts';

const ASCII = 128;
/** Nodes on the way, which are more than there are states in the end. */
const MOST_NODES = 4 * PATTERN_STATES;

/**
 * A field's pattern as the table that the module walks through, for texts of ASCII alone.
 *
 * @returns undefined when it would be too large.
 */
export function patternTable(pattern: string): Uint8Array | undefined {
  try {
    return tableOf(automatonOf(pattern));
  } catch (error) {
    if (error instanceof TooManyNodesError) return undefined;
    throw error;
  }
}

/** Of the whole text, since patterns are anchored at both ends. */
function automatonOf(pattern: string): DFA {
  const regExp = new RegExp(`(?:${patternBody(pattern)})`, 'u');
  const { expression, maxCharacter } = JS.Parser.fromLiteral(regExp).parse();
  const nfa = NFA.fromRegex(expression, { maxCharacter }, {}, new NFA.LimitedNodeFactory(MOST_NODES));
  const automaton = DFA.fromFA(nfa, new DFA.LimitedNodeFactory(MOST_NODES));
  automaton.minimize();
  return automaton;
}

function tableOf(automaton: DFA): Uint8Array | undefined {
  const nodes = [...automaton.nodes()].sort(
    (a, b) => Number(b === automaton.initial) - Number(a === automaton.initial),
  );
  if (nodes.length >= PATTERN_STATES) return undefined;
  const stateOf = new Map(nodes.map((node, i) => [node, i + 1]));
  const { classes, columns } = classed((byte) =>
    nodes.map(({ out }) => stateOf.get(out.get(byte) as DFA.Node) ?? 0),
  );
  const shift = Math.ceil(Math.log2(columns.length));
  const table = new Uint8Array(PATTERN_STEPS + ((nodes.length + 1) << shift));
  table[PATTERN_SHIFT] = shift;
  table.set(classes, PATTERN_CLASSES);
  for (const [node, state] of stateOf) {
    if (automaton.finals.has(node)) table[PATTERN_ACCEPTS + state] = 1;
    columns.forEach((column, i) => {
      table[PATTERN_STEPS + (state << shift) + i] = column[state - 1] ?? 0;
    });
  }
  return table;
}

/** Bytes that lead from each state to the same are of one class. @param nextOf by state. */
function classed(nextOf: (byte: number) => readonly number[]): {
  readonly classes: Uint8Array;
  readonly columns: readonly (readonly number[])[];
} {
  const classes = new Uint8Array(ASCII);
  const known = new Map<string, number>();
  const columns: (readonly number[])[] = [];
  for (let byte = 0; byte < ASCII; byte += 1) {
    const column = nextOf(byte);
    const key = column.join();
    const of = known.get(key) ?? columns.push(column) - 1;
    known.set(key, of);
    classes[byte] = of;
  }
  return { classes, columns };
}
