import { dailyAggregate } from '#dev/shard-api/fleet/daily-aggregate.ts';
import { deviceState } from '#dev/shard-api/fleet/device-state.ts';
import { Fleet } from '#dev/shard-api/fleet/fleet.ts';
import { siteTree } from '#dev/shard-api/fleet/hierarchy.ts';
import { Sites } from '#dev/shard-api/fleet/sites.ts';
import type { JsonObject } from '#dev/shard-api/json.ts';

const SEED = 7;
const NOW_MS = Date.UTC(2026, 10, 21, 9, 30);
const DAY_MS = Date.UTC(2026, 10, 20);

/** Answers of the simulated shards as text, personal data in each; one or a few devices to an answer. */
export interface SampleAnswers {
  readonly device_states: readonly string[];
  readonly hierarchy: readonly string[];
  readonly daily_aggregates: readonly string[];
}

/** @param count of each kind, each about other devices. */
export function sampleAnswers(count: number): SampleAnswers {
  const fleet = new Fleet({ seed: SEED, shards: ['s1'], customers: 1, devices: count * 2, removedShare: 0 });
  const [customer] = fleet.customers;
  if (customer === undefined) throw new Error('a fleet has a customer');
  const sites = new Sites(fleet);
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const address = { customer_id: customer.id, site_id: 'st-1-1', room_id: 'rm-1-1' };
  const textOf = (body: (number: number) => JsonObject): string[] =>
    numbers.map((number) => JSON.stringify(body(number)));
  const siteOf = (number: number): number => 1 + (number % sites.countOf(customer));
  return {
    device_states: textOf((number) => ({
      items: [deviceState(SEED, number, NOW_MS, address)],
      next_cursor: null,
    })),
    hierarchy: textOf((number) => ({
      customer_id: customer.id,
      sites: [siteTree(fleet, sites, customer, siteOf(number), NOW_MS)],
      next_cursor: null,
    })),
    daily_aggregates: textOf((number) => dailyAggregate(SEED, number, customer.id, DAY_MS)),
  };
}
