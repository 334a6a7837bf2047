import { cursorPaging, httpPeriod, httpSnapshot, httpSource } from '#shared/pipeline/define-http.ts';
import { objectSource, objectStream } from '#shared/pipeline/define-objects.ts';
import { definePipeline, postgresSource, postgresStream } from '#shared/pipeline/define-pipeline.ts';
import { batteryEvaluations } from './contracts/battery-evaluations.ts';
import { batteryRegistry } from './contracts/battery-registry.ts';
import { dailyAggregates } from './contracts/daily-aggregates.ts';
import { deviceStates } from './contracts/device-states.ts';
import { hierarchy } from './contracts/hierarchy.ts';
import { CUSTOMER_ID } from './contracts/names.ts';
import { DROPPED } from './dropped.ts';

const UTC = 'UTC';
const OF_CUSTOMER = '/v1/customers/{slice}';

/** All devices of a customer, a page at a time. */
const states = {
  path: `${OF_CUSTOMER}/devices/state`,
  rows: 'items[]',
  page: cursorPaging({ limit: 500 }),
};

/** Thermostats behind sharded APIs, their batteries, and what is said of both. */
export default definePipeline({
  name: 'fleet',
  owner: 'fleet-data',
  description:
    'Thermostats behind five API shards: states, daily aggregates, batteries; who is off line, and why.',
  projectDir: import.meta.dirname,
  sources: {
    api: httpSource({
      connection: 'FLEET',
      shards: ['s1', 's2', 's3', 's4', 's5'],
      auth: { kind: 'client-credentials', path: '/oauth/token', renewBeforeMs: 60_000 },
      limits: { requestsPerSecond: 50, burst: 50, concurrency: 8, connections: 16 },
      slices: {
        endpoint: { path: '/v1/customers', rows: 'items[]', page: cursorPaging({ limit: 500 }) },
        id: 'customer_id',
        pattern: CUSTOMER_ID,
        entities: 'device_count',
      },
    }),
    evaluations: objectSource({ connection: 'EVALUATIONS' }),
    battery: postgresSource({ connection: 'BATTERY' }),
  },
  streams: {
    device_states: httpSnapshot({
      source: 'api',
      contract: deviceStates,
      entity: 'device_id',
      eventTime: 'state.last_seen',
      endpoint: states,
      map: { shard: '$shard', queried_at: '$takenAt', state: '' },
      drop: DROPPED.deviceStates,
    }),
    hierarchy: httpSnapshot({
      source: 'api',
      contract: hierarchy,
      entity: 'device_id',
      endpoint: {
        path: `${OF_CUSTOMER}/hierarchy`,
        rows: 'sites[].rooms[].thermostats[]',
        page: cursorPaging({ limit: 100 }),
      },
      map: {
        customer_id: '^^^customer_id',
        site_id: '^^site_id',
        room_id: '^room_id',
        shard: '$shard',
        queried_at: '$takenAt',
      },
      drop: DROPPED.hierarchy,
    }),
    daily_aggregates: httpPeriod({
      source: 'api',
      contract: dailyAggregates,
      entity: 'device_id',
      eventTime: 'day',
      coarse: {
        path: `${OF_CUSTOMER}/aggregates`,
        query: { day: '{day}' },
        rows: 'items[]',
        page: cursorPaging({ limit: 500 }),
      },
      expected: { endpoint: states, id: 'device_id' },
      fine: { endpoint: { path: '/v1/devices/{entity}/aggregates', query: { day: '{day}' } } },
      map: { shard: '$shard', fetched_by: '$way', metrics: '' },
      drop: DROPPED.dailyAggregates,
    }),
    battery_evaluations: objectStream({
      source: 'evaluations',
      prefix: 'evaluations/',
      contract: batteryEvaluations,
      map: { object_key: '$key' },
    }),
    battery_registry: postgresStream({
      source: 'battery',
      table: { schema: 'battery', name: 'batteries' },
      contract: batteryRegistry,
      cursor: { expression: 'updated_at', type: 'timestamptz', setBy: 'database' },
    }),
  },
  schedules: {
    twelve_hourly_elt: {
      cron: '0 */12 * * *',
      tz: UTC,
      streams: ['device_states', 'hierarchy'],
      layers: ['silver', 'gold'],
    },
    daily_aggregates_elt: {
      cron: '0 3 * * *',
      tz: UTC,
      streams: ['daily_aggregates'],
      layers: ['silver', 'gold'],
    },
    battery_algorithm_eval_results: {
      cron: '15 2 * * *',
      tz: UTC,
      streams: ['battery_evaluations'],
      layers: ['silver', 'gold'],
    },
    battery_registry: {
      cron: '30 2 * * *',
      tz: UTC,
      streams: ['battery_registry'],
      layers: ['silver', 'gold'],
    },
  },
});
