/** Names a value of an entity, so that each value is drawn by itself. Make it once, outside of functions. */
export type Tag = number;

/** The tag of a name: FNV-1a over its code units. */
export function tagOf(name: string): Tag {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  return hash | 0;
}

function mixIn(hash: number, value: number): number {
  const scrambled = Math.imul(value, 0xcc9e2d51);
  const mixed = hash ^ Math.imul((scrambled << 15) | (scrambled >>> 17), 0x1b873593);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** 32 bits from whole numbers (MurmurHash3's mixing, public domain, by Austin Appleby); the same on every machine. */
export function hashOf(seed: number, entity: number, tag: Tag, bucket: number): number {
  let hash = mixIn(mixIn(mixIn(mixIn(seed, entity), tag), bucket), bucket / 0x1_0000_0000);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** All of them, since a large page holds thousands of marks. */
const FOUR_DIGITS = Array.from({ length: 0x1_0000 }, (_, value) => value.toString(16).padStart(4, '0'));

/**
 * Values of one entity that depend on nothing but the seed, the entity, a tag and a bucket of time: whoever asks, however
 * often and in whatever order, gets the same.
 */
export class Draw {
  readonly #seed: number;
  readonly #entity: number;

  /** @param kind what the entity is, so that device 7 and customer 7 have nothing in common. */
  constructor(seed: number, kind: Tag, entity: number) {
    this.#seed = seed ^ kind;
    this.#entity = entity;
  }

  /** 0 ≤ x < 1. */
  unit(tag: Tag, bucket = 0): number {
    return hashOf(this.#seed, this.#entity, tag, bucket) / 0x1_0000_0000;
  }

  /** Whole number from `low` to `high`, both included. */
  whole(tag: Tag, low: number, high: number, bucket = 0): number {
    return low + Math.floor(this.unit(tag, bucket) * (high - low + 1));
  }

  /** True with the given probability. */
  chance(tag: Tag, probability: number, bucket = 0): boolean {
    return this.unit(tag, bucket) < probability;
  }

  pick<T extends readonly unknown[]>(tag: Tag, from: T, bucket = 0): T[number] {
    return from[Math.floor(this.unit(tag, bucket) * from.length)];
  }

  /** 12 lower-case hex digits. */
  hex12(tag: Tag, bucket = 0): string {
    const first = hashOf(this.#seed, this.#entity, tag, bucket * 2);
    const second = hashOf(this.#seed, this.#entity, tag, bucket * 2 + 1);
    return `${FOUR_DIGITS[first >>> 16]}${FOUR_DIGITS[first & 0xffff]}${FOUR_DIGITS[second >>> 16]}`;
  }

  /** A value from -1 to 1 that wanders: drawn anew each `periodMs` and smooth in between. */
  noise(tag: Tag, atMs: number, periodMs: number): number {
    const bucket = Math.floor(atMs / periodMs);
    const along = atMs / periodMs - bucket;
    const ease = along * along * (3 - 2 * along);
    const before = this.unit(tag, bucket);
    return (before + (this.unit(tag, bucket + 1) - before) * ease) * 2 - 1;
  }
}
