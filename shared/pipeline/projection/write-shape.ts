import { isShape, type JsonShape } from '../field.ts';
import { type Failure, failuresOf } from './failure.ts';
import { JsonBytes } from './json-bytes.ts';
import { type ObjectTree, WALKED } from './object-tree.ts';
import { writeLeaf } from './write-leaf.ts';

/** Writes one member with a comma before it, or nothing when it is absent. */
type WriteMember = (out: JsonBytes, slots: readonly unknown[]) => Failure | undefined;

/** Where a shape's values are read and what they are called when they fail. */
interface ShapePlace {
  readonly tree: ObjectTree;
  readonly keys: readonly string[];
  readonly column: string;
  readonly hashKey: Uint8Array | null;
}

const [OPEN, CLOSE] = [123, 125];

/**
 * Compiles the text of a shaped column: nothing but declared keys, in declared order, without white space; objects that
 * hold none of them are left out. Reads the slots of the tree's last object, which must be there.
 */
export function writeShape(shape: JsonShape, place: ShapePlace): () => string | Failure {
  const members = membersOf(shape, place);
  const out = new JsonBytes();
  const { slots } = place.tree;
  return () => {
    out.clear();
    const failure = writeMembers(members, out, slots);
    if (failure !== undefined) return failure;
    return out.length === 0 ? '{}' : out.text();
  };
}

/** The first member's comma becomes the object's brace; without members nothing is written. */
function writeMembers(
  members: readonly WriteMember[],
  out: JsonBytes,
  slots: readonly unknown[],
): Failure | undefined {
  const start = out.length;
  for (let i = 0; i < members.length; i += 1) {
    const failure = members[i]?.(out, slots);
    if (failure !== undefined) return failure;
  }
  if (out.length === start) return undefined;
  out.replace(start, OPEN);
  out.byte(CLOSE);
  return undefined;
}

function membersOf({ keys }: JsonShape, place: ShapePlace): WriteMember[] {
  place.tree.enter(place.keys);
  return Object.entries(keys).map(([key, part]) => {
    const within = { ...place, keys: [...place.keys, key], column: `${place.column}.${key}` };
    const name = Buffer.from(`,${JSON.stringify(key)}:`);
    const slot = place.tree.slotsTo(within.keys).at(-1) ?? 0;
    if (!isShape(part)) return leafMember(name, slot, part, within);
    return objectMember(name, slot, membersOf(part, within), failuresOf(within.column)('type'));
  });
}

function leafMember(
  name: Uint8Array,
  slot: number,
  leaf: Parameters<typeof writeLeaf>[0],
  { column, hashKey }: ShapePlace,
): WriteMember {
  const write = writeLeaf(leaf, hashKey);
  const fail = failuresOf(column);
  const required = leaf.nullable ? undefined : fail('required');
  return (out, slots) => {
    const value = slots[slot];
    if (value === undefined) return required;
    if (value === null && required !== undefined) return required;
    out.fragment(name);
    if (value === null) {
      out.ascii('null');
      return undefined;
    }
    const code = write(out, value);
    return code === undefined ? undefined : fail(code);
  };
}

function objectMember(
  name: Uint8Array,
  slot: number,
  members: readonly WriteMember[],
  mistyped: Failure,
): WriteMember {
  return (out, slots) => {
    const value = slots[slot];
    if (value !== WALKED && value !== undefined && value !== null) return mistyped;
    const start = out.length;
    out.fragment(name);
    const before = out.length;
    const failure = writeMembers(members, out, slots);
    // Nothing in it: the name goes too.
    if (out.length === before) out.length = start;
    return failure;
  };
}
