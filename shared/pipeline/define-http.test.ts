import { describe, expect, test } from 'vitest';
import { defineContract } from './define-contract.ts';
import { cursorPaging, type EndpointInput, httpPeriod, httpSnapshot, httpSource } from './define-http.ts';
import { objectSource, objectStream } from './define-objects.ts';
import { definePipeline, postgresSource, postgresStream } from './define-pipeline.ts';
import * as f from './field.ts';

const contract = defineContract({
  version: 1,
  key: ['id', 'taken_at'],
  fields: {
    id: f.text(),
    shard: f.text(),
    taken_at: f.timestamptz(),
    state: f.shapedJson({ last_seen: f.timestamptz(), firmware: f.object({ embedded: f.text() }) }),
  },
});
const daily = defineContract({
  version: 1,
  key: ['id', 'day'],
  fields: { id: f.text(), day: f.date(), way: f.text() },
});

const listing = { path: '/v1/customers', rows: 'items[]', page: cursorPaging() };
const api = httpSource({
  connection: 'FLEET',
  shards: ['s1', 's2'],
  slices: { endpoint: listing, id: 'customer_id', entities: 'device_count' },
});
const states: EndpointInput = { path: '/v1/customers/{slice}/state', rows: 'items[]', page: cursorPaging() };
const snapshot = (over: Partial<Parameters<typeof httpSnapshot>[0]> = {}) =>
  httpSnapshot({
    source: 'api',
    contract,
    entity: 'id',
    eventTime: 'state.last_seen',
    map: { id: 'device_id', shard: '$shard', taken_at: '$takenAt', state: '' },
    endpoint: states,
    ...over,
  });
const period = (over: Partial<Parameters<typeof httpPeriod>[0]> = {}) =>
  httpPeriod({
    source: 'api',
    contract: daily,
    entity: 'id',
    map: { day: '$day', way: '$way' },
    coarse: { path: '/v1/customers/{slice}/days', query: { day: '{day}' }, rows: 'items[]' },
    expected: { endpoint: states, id: 'id' },
    fine: { endpoint: { path: '/v1/devices/{entity}/days', query: { day: '{day}' } } },
    ...over,
  });

const declare = (over: object): unknown =>
  definePipeline({
    name: 'fleet',
    owner: 'o',
    description: 'd',
    projectDir: '/',
    sources: {
      api,
      bucket: objectSource({ connection: 'BUCKET' }),
      db: postgresSource({ connection: 'DB' }),
    },
    streams: {},
    schedules: {},
    ...over,
  });

function problemsOf(over: object): string {
  try {
    declare(over);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

const ofStream = (stream: object): string => problemsOf({ streams: { s: stream } });
const ofSource = (source: object): string => problemsOf({ sources: { api: source } });

describe('defaults', () => {
  test('an endpoint is one call whose answer is the row; limits may be given one by one', () => {
    expect(period().fine).toEqual({
      endpoint: { path: '/v1/devices/{entity}/days', query: { day: '{day}' }, rows: '', page: null },
      rememberMs: 86_400_000,
      maxMissingRatio: 0.1,
    });
    const slow = httpSource({ ...api, limits: { requestsPerSecond: 1 } });
    expect(slow.limits).toEqual({ ...api.limits, requestsPerSecond: 1 });
    expect(slow).toMatchObject({ kind: 'http', auth: null, hashKey: null });
  });

  test('a sound pipeline is taken as it is', () => {
    const objects = objectStream({ source: 'bucket', prefix: 'e/', contract: daily, map: { way: '$key' } });
    const declared = declare({ streams: { now: snapshot(), days: period(), files: objects } });
    expect(declared).toMatchObject({
      streams: { files: { format: 'by-name', maxObjectBytes: 268_435_456 } },
    });
  });
});

test('every problem of every part is named at once', () => {
  const message = problemsOf({
    sources: { api: { ...api, shards: ['S1'] }, Bad: objectSource({ connection: 'bucket' }) },
    streams: { a: snapshot({ entity: 'nobody' }), b: period({ source: 'nowhere' }) },
  });
  for (const part of [
    "source name 'Bad'",
    "source api: shard 'S1' must be",
    "source Bad: connection 'bucket' must be upper-case",
    "stream a: entity: the contract has no field 'nobody'",
    "stream b: no source 'nowhere'",
  ])
    expect(message).toContain(part);
});

describe('sources', () => {
  test.each([
    [{ shards: [] }, 'there are no shards'],
    [{ shards: ['s1', 's1'] }, 'a shard is named twice'],
    [{ shards: [`s${'1'.repeat(21)}`] }, 'at most 21'],
    [{ hashKey: 'pii' }, "hashKey 'pii'"],
    [{ auth: { kind: 'client-credentials', path: 'token', renewBeforeMs: 1 } }, 'the path must begin'],
    [{ auth: { kind: 'client-credentials', path: '/t', renewBeforeMs: -1 } }, 'renewBeforeMs must be 0'],
    [{ slices: { ...api.slices, id: '' } }, "'' is no path of an id"],
    [
      { slices: { ...api.slices, pattern: 'c-[0-9]+' } },
      'slices: the pattern of an id is not anchored by ^ and $',
    ],
    [{ slices: { ...api.slices, entities: '^n' } }, "'^n' is no path of a number"],
    [
      { slices: { ...api.slices, endpoint: { ...api.slices.endpoint, path: '/c/{slice}' } } },
      'slices: {slice} cannot be filled in',
    ],
  ])('%j', (over, problem) => {
    expect(ofSource({ ...api, ...over })).toContain(problem);
  });

  test.each([
    'requestsPerSecond',
    'burst',
    'concurrency',
    'connections',
    'requestTimeoutMs',
    'sliceTimeoutMs',
    'maxBodyBytes',
    'attempts',
  ])('%s must be above 0', (name) => {
    expect(ofSource({ ...api, limits: { ...api.limits, [name]: 0 } })).toContain(`limits: ${name} must be`);
    expect(ofSource({ ...api, limits: { ...api.limits, [name]: Number.NaN } })).toContain(name);
  });

  test('half a call cannot be in flight, half a call a second can', () => {
    expect(ofSource({ ...api, limits: { ...api.limits, concurrency: 0.5 } })).toContain('a whole number');
    expect(ofSource({ ...api, limits: { ...api.limits, requestsPerSecond: 0.5 } })).toBe('');
  });
});

describe('streams', () => {
  const hashed = defineContract({ ...contract, fields: { ...contract.fields, owner: f.hashedText() } });
  const within = f.shapedJson({ owner: f.object({ name: f.hashedText() }) });
  const hashedWithin = defineContract({ ...contract, fields: { ...contract.fields, more: within } });
  const loose = defineContract({ ...contract, fields: { ...contract.fields, raw: f.json() } });

  test.each([
    [
      snapshot({ source: 'bucket' }),
      "a stream of kind snapshot is read from a source of kind http, and 'bucket' is objects",
    ],
    [objectStream({ source: 'db', prefix: '', contract: daily }), 'from a source of kind objects'],
    [snapshot({ map: { gone: 'x' } }), "map: the contract has no field 'gone'"],
    [snapshot({ map: { id: 'a b' } }), "map id: 'a b' is no path"],
    [snapshot({ map: { id: 'items[]' } }), "map id: 'items[]' is no path"],
    [snapshot({ map: { id: '$day' } }), '$day is none of $slice, $shard, $takenAt'],
    [snapshot({ map: { id: '^^id' } }), "'^^id' reaches out of 2 arrays where rows stand in 1"],
    [period({ map: { id: '^id' } }), 'reaches out of 1 arrays where rows stand in 0'],
    [snapshot({ drop: ['a..b'] }), "drop: 'a..b' is no path"],
    [snapshot({ eventTime: 'state.firmware' }), "eventTime: 'state.firmware' is no date"],
    [snapshot({ eventTime: 'state.toString' }), 'is no date'],
    [snapshot({ contract: loose }), 'field raw: a JSON field needs a shape'],
    [objectStream({ source: 'bucket', prefix: '', contract: loose }), 'a JSON field needs a shape'],
    [snapshot({ contract: hashed }), "a field is hashed, and source 'api' has no hashKey"],
    [snapshot({ contract: hashedWithin }), 'a field is hashed'],
    [snapshot({ maxRejectedRatio: 1.1 }), 'maxRejectedRatio must lie'],
    [snapshot({ targetFileBytes: 0 }), 'targetFileBytes must be'],
    [snapshot({ endpoint: { ...states, rows: 'items' } }), 'endpoint: rows "items" must be empty'],
    [snapshot({ endpoint: { ...states, rows: 'a[].b c[]' } }), 'joined by dots'],
    [snapshot({ endpoint: { ...states, path: '/all' } }), 'endpoint: {slice} is missing'],
    [snapshot({ endpoint: { ...states, path: '/{slice}?x=1' } }), 'hold no query'],
    [snapshot({ endpoint: { ...states, path: '/{slice}/{day}' } }), '{day} cannot be filled in'],
    [snapshot({ endpoint: { ...states, page: cursorPaging({ limit: 0 }) } }), 'limit must be a whole number'],
    [snapshot({ endpoint: { ...states, page: cursorPaging({ param: 'limit' }) } }), 'different names'],
    [snapshot({ endpoint: { ...states, query: { cursor: 'x' } } }), 'parameter cursor belongs to paging'],
    [snapshot({ endpoint: { ...states, page: cursorPaging({ next: '' }) } }), 'no path of the next cursor'],
    [period({ tz: 'Mars/Olympus' }), "tz: 'Mars/Olympus' is no time zone"],
    [period({ lateDays: -1 }), 'lateDays must be a whole number of days'],
    [period({ firstDays: 0.5 }), 'firstDays must be a whole number of days'],
    [period({ coarse: { path: '/v1/{slice}' } }), 'coarse: {day} is missing'],
    [period({ fine: { endpoint: { path: '/v1/x', query: { day: '{day}' } } } }), 'fine: {entity} is missing'],
    [period({ fine: { ...period().fine, maxMissingRatio: 2 } }), 'maxMissingRatio must lie'],
    [period({ fine: { ...period().fine, rememberMs: Number.NaN } }), 'rememberMs must be 0 or more'],
    [period({ expected: { endpoint: states, id: '$slice' } }), "expected: '$slice' is no path of an id"],
    [objectStream({ source: 'bucket', prefix: '/e', contract: daily }), 'prefix: keys of objects'],
    [
      postgresStream({
        ...{ source: 'db', table: { schema: 's', name: 't' }, contract },
        cursor: { expression: 'taken_at', type: 'timestamptz', setBy: 'database' },
      }),
      'field state: a shape is not kept for rows of a database',
    ],
    [
      objectStream({ source: 'bucket', prefix: '', match: '(', contract: daily }),
      'match is no regular expression',
    ],
    [
      objectStream({ source: 'bucket', prefix: '', contract: daily, maxObjectBytes: 0 }),
      'maxObjectBytes must be',
    ],
    [
      objectStream({ source: 'bucket', prefix: '', contract: daily, map: { id: '$takenAt' } }),
      'none of $key',
    ],
  ])('%# is refused', (stream, problem) => {
    expect(ofStream(stream)).toContain(problem);
  });

  test('a hashed field is taken where the source has a key', () => {
    const keyed = { ...api, hashKey: 'PII' };
    expect(
      problemsOf({ sources: { api: keyed }, streams: { s: snapshot({ contract: hashedWithin }) } }),
    ).toBe('');
  });

  test('rows within rows may reach out to the answer', () => {
    const nested = { ...states, rows: 'sites[].rooms[].things[]' };
    expect(ofStream(snapshot({ endpoint: nested, map: { id: '^^^id', shard: '^name' } }))).toBe('');
  });
});
