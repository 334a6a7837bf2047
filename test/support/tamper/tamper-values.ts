import type { Json, JsonObject } from '#dev/shard-api/json.ts';
import type { Chance } from './chance.ts';

type Entries = [key: string, value: Json][];

/** Where a value stands: the object or array that holds it, and its key there. */
interface Place {
  readonly holder: JsonObject | Json[];
  readonly key: string | number;
}

const isHolder = (value: Json | undefined): value is JsonObject | Json[] =>
  typeof value === 'object' && value !== null;

/**
 * Changes one to three places of a body, allowed ones as likely as others: a value becomes a secret, or holds one, or
 * another value takes its key; a key appears that is one.
 *
 * @param body changed itself.
 */
export function tamperValues(chance: Chance, body: JsonObject): void {
  const places = placesIn(body);
  for (let left = 1 + chance.whole(3); left > 0; left -= 1) {
    const { holder, key } = chance.pick(places);
    if (chance.unit() < 0.7 || Array.isArray(holder))
      put(holder, key, markedValue(chance, valueAt(holder, key)));
    else tamperKeys(chance, holder);
  }
}

function placesIn(body: JsonObject): Place[] {
  const places: Place[] = [];
  const open: (JsonObject | Json[])[] = [body];
  for (let holder = open.pop(); holder !== undefined; holder = open.pop()) {
    for (const key of Array.isArray(holder) ? holder.keys() : Object.keys(holder)) {
      places.push({ holder, key });
      const value = valueAt(holder, key);
      if (isHolder(value)) open.push(value);
    }
  }
  return places;
}

const valueAt = (holder: JsonObject | Json[], key: string | number): Json =>
  (holder as Record<string | number, Json>)[key] ?? null;

/** Puts a value into a body; `__proto__` is a key like any other. */
export function put(holder: JsonObject | Json[], key: string | number, value: Json): void {
  Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

/** A value with a mark in it, made of the one that was there. */
function markedValue(chance: Chance, was: Json): Json {
  const mark = chance.mark();
  return chance.pick<() => Json>([
    () => mark,
    () => `j.${mark}@example.test`,
    () => `${isHolder(was) ? '' : String(was)}${mark}`,
    () => `${mark}${isHolder(was) ? '' : String(was)}`,
    () => `"${mark}",\n"x";\t=cmd|'${mark}'\u0000\u2028`,
    () => `\ud800${mark}`,
    () => `${'x'.repeat(chance.whole(3_000))}${mark}`,
    () => [mark, was, null],
    () => ({ [mark]: was, [`j.${chance.mark()}@example.test`]: mark }),
    () => ({ device_id: mark, online: mark, value: was }),
    () => nested(mark, 1 + chance.whole(200)),
  ])();
}

function nested(mark: string, depth: number): Json {
  let value: Json = mark;
  for (let level = 0; level < depth; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

function tamperKeys(chance: Chance, holder: JsonObject): void {
  const entries: Entries = Object.entries(holder);
  const [key, value] = chance.pick(entries) ?? ['', null];
  const marked = chance.pick<() => Entries>([
    () => [[chance.mark(), value]],
    () => [[chance.nameMark(), chance.mark()]],
    () => [[`j.${chance.mark()}@example.test`, { [chance.nameMark()]: chance.mark() }]],
    () => [['__proto__', { [key]: chance.mark(), device_id: chance.mark() }]],
    () => [[`${key}\u0000`, chance.mark()]],
    () => [[key.toUpperCase(), chance.mark()]],
    () => [[`${key}.${key}`, chance.mark()]],
    // Another key takes the place of a known one.
    () => {
      Reflect.deleteProperty(holder, key);
      return [[chance.nameMark(), value]];
    },
  ])();
  for (const [name, one] of marked) put(holder, name, one);
}
