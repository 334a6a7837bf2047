import { randomBytes } from 'node:crypto';

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Puts a secret into JSON at random places, in values, in keys, and in both, so that it can be looked for afterwards. */
export interface Marker {
  /** Stands in every mark, letters and digits only. */
  readonly token: string;
  /** A copy with one to four marks in it. Values are replaced, keys added; never is a key taken away. */
  mark(value: Json): Json;
  /** A value that holds marks. */
  value(): Json;
}

/** @param random 0 to 1; a seeded one repeats what it found. */
export function marker(random: () => number): Marker {
  const token = `zq${randomBytes(8).toString('hex')}`;
  const pick = (count: number): number => Math.floor(random() * count);
  let made = 0;
  const text = (): string => {
    made += 1;
    const one = `${token}${made}`;
    return (
      [one, `${one}@example.org`, `key at ${one}, "quoted", \n`, `é${one}👩`, ` ${one}`, `1${one}`][
        pick(6)
      ] ?? one
    );
  };
  const value = (depth = 0): Json => {
    const kind = pick(depth > 3 ? 1 : 4);
    if (kind <= 1) return text();
    if (kind === 2) return [value(depth + 1), 1, null];
    return { [text()]: value(depth + 1), name: text(), [`__proto__`]: 'x' };
  };
  const markOnce = (into: Json): Json => {
    if (typeof into !== 'object' || into === null || random() < 0.1) return value();
    if (Array.isArray(into))
      return into.length === 0
        ? [value()]
        : into.with(pick(into.length), markOnce(into[pick(into.length)] ?? null));
    const entries = Object.entries(into);
    const at = entries[pick(entries.length)];
    if (at === undefined || random() < 0.4)
      return shuffled([...entries, [random() < 0.5 ? text() : 'note', value()]], pick);
    return Object.fromEntries(entries.map(([key, one]) => [key, key === at[0] ? markOnce(one) : one]));
  };
  return {
    token,
    value,
    mark(into) {
      let marked = into;
      for (let left = 1 + pick(4); left > 0; left -= 1) marked = markOnce(marked);
      return marked;
    },
  };
}

function shuffled(entries: [string, Json][], pick: (count: number) => number): Json {
  const order = entries.map((entry) => [pick(1_000_000), entry] as const).toSorted(([a], [b]) => a - b);
  return Object.fromEntries(order.map(([, entry]) => entry));
}
