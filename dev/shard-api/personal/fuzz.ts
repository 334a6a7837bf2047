import { type Draw, tagOf } from '../fleet/draw.ts';
import type { Json, JsonObject } from '../json.ts';
import { markOf } from './mark.ts';

const NODE = tagOf('fuzzed node');
const KIND = tagOf('fuzz kind');
const PLACE = tagOf('fuzz place');
const SECRET = tagOf('fuzz secret');
const HEADER = tagOf('fuzz header');

/** Share of an answer's objects that get keys nobody declared. */
const FUZZED_SHARE = 0.15;

type Foreign = (mark: (nth: number) => string) => readonly [key: string, value: Json];

/** Keys that a reader must drop, and that tempt it not to; none of them is an allowed one where it is put. */
const FOREIGN: readonly Foreign[] = [
  (mark) => [`extra_${mark(0).slice(4, 8)}`, mark(1)],
  (mark) => [`j.doe+${mark(0)}@example.test`, { role: mark(1), since: 2_019 }],
  (mark) => [mark(0), [mark(1), [[mark(2)]], { deep: { deeper: mark(3) } }]],
  (mark) => ['shadow', { device_id: mark(0), customer_id: mark(1), online: mark(2), day: mark(3) }],
  (mark) => ['mirror', { sensors: { temperature: mark(0) }, items: [{ device_id: mark(1) }] }],
  (mark) => ['__proto__', { device_id: mark(0), last_seen: mark(1) }],
  (mark) => ['constructor', { prototype: { customer_id: mark(0) } }],
  (mark) => ['sensors.temperature', mark(0)],
  (mark) => ['configuration[child_lock]', mark(0)],
  (mark) => ['Device_ID', mark(0)],
  (mark) => ['device_id\u0000', mark(0)],
  (mark) => ['', mark(0)],
  (mark) => ['0', mark(0)],
  (mark) => ['toString', mark(0)],
  (mark) => ['n\u00e4me\n"quoted"', `${mark(0)} \ud83c\udf21 '"\\ ${'x'.repeat(300)}`],
  (mark) => ['note', `Token: Bearer ${mark(0)}; mail j.${mark(1)}@example.test`],
];

/**
 * Puts marked secrets at random places of a body: as values, keys and whole objects. Nothing that was there is changed.
 *
 * @param draw of this answer.
 */
export function fuzzBody(draw: Draw, body: JsonObject): JsonObject {
  let nodes = 0;
  const walk = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object') return value;
    nodes += 1;
    const node = nodes;
    const entries = Object.entries(value).map(([key, inner]): [string, Json] => [key, walk(inner)]);
    if (node > 1 && !draw.chance(NODE, FUZZED_SHARE, node)) return Object.fromEntries(entries);
    const at = draw.whole(PLACE, 0, entries.length, node);
    // fromEntries makes `__proto__` a key like any other.
    return Object.fromEntries(entries.toSpliced(at, 0, foreignEntry(draw, node)));
  };
  return walk(body) as JsonObject;
}

function foreignEntry(draw: Draw, node: number): [string, Json] {
  const make = draw.pick(KIND, FOREIGN, node);
  const [key, value] = make?.((nth) => markOf(draw, SECRET, node * 8 + nth)) ?? ['', null];
  return [key, value];
}

/** Headers with secrets as values and in a name. */
export function fuzzHeaders(draw: Draw): Record<string, string> {
  const mark = (nth: number): string => markOf(draw, HEADER, nth);
  return {
    [`x-${mark(0)}`]: mark(1),
    'x-debug': `user=${mark(2)}; mail=j.${mark(3)}@example.test`,
    link: `<https://example.test/next?user=${mark(4)}>; rel="next"`,
    'server-timing': `db;desc="${mark(5)}";dur=1`,
  };
}
