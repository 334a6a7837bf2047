import type { ObjectSourceDeclaration, ObjectStreamDeclaration } from './objects-declaration.ts';

type Optional<T, K extends keyof T> = Omit<T, K> & Partial<Pick<T, K>>;

type ObjectStreamInput = Omit<
  Optional<
    ObjectStreamDeclaration,
    | 'match'
    | 'format'
    | 'map'
    | 'drop'
    | 'version'
    | 'maxRejectedRatio'
    | 'targetFileBytes'
    | 'maxObjectBytes'
  >,
  'kind'
>;

const MIB = 1024 * 1024;

/** A bucket of an object store. */
export function objectSource(input: Omit<ObjectSourceDeclaration, 'kind'>): ObjectSourceDeclaration {
  return { ...input, kind: 'objects' };
}

/**
 * A stream of new objects below a prefix: all of them, each in the format its name says, every field under its own name; 1% rejects at
 * most, files of about 64 MiB of text, objects up to 256 MiB.
 */
export function objectStream(input: ObjectStreamInput): ObjectStreamDeclaration {
  return {
    match: '^.*$',
    format: 'by-name',
    map: {},
    drop: [],
    version: 'ordinal',
    maxRejectedRatio: 0.01,
    targetFileBytes: 64 * MIB,
    maxObjectBytes: 256 * MIB,
    ...input,
    kind: 'objects',
  };
}
