import { DAY_MS } from '../fleet/device-life.ts';
import type { Draw } from '../fleet/draw.ts';
import { type Customer, deviceNumber } from '../fleet/fleet.ts';
import { siteTree } from '../fleet/hierarchy.ts';
import type { JsonObject } from '../json.ts';
import { customerDraw, personalOfCustomer } from '../personal/of-customer.ts';
import { type ActiveFaults, meets } from '../scenario/active-faults.ts';
import { type Answer, ok, problem } from './answer.ts';
import type { Call } from './call.ts';
import { aggregateItem, isLate, stateItem } from './items.ts';
import { DEFAULT_LIMIT, LARGEST_LIMIT, type Page, pageOf } from './paging.ts';
import type { World } from './world.ts';

/** A call that is let in, and what is known about it. */
export interface ContentCall {
  readonly world: World;
  readonly shard: string;
  readonly call: Call;
  readonly faults: ActiveFaults;
  /** For personal data in errors. */
  readonly draw: Draw;
}

type Handler = (asked: ContentCall) => Answer;

const HANDLERS: Readonly<Record<string, Handler>> = {
  customers: listCustomers,
  hierarchy: hierarchy,
  states: states,
  aggregates: aggregates,
  'device-aggregates': deviceAggregates,
};

/** What an endpoint answers, errors of the caller included. */
export function contentOf(asked: ContentCall): Answer {
  const { call, draw } = asked;
  const handler = HANDLERS[call.endpoint];
  if (handler === undefined) return problem(draw, 404, 'path_unknown', 'there is nothing here');
  if (call.method !== 'GET') return problem(draw, 405, 'method_not_allowed', 'GET only', { allow: 'GET' });
  return handler(asked);
}

function listCustomers(asked: ContentCall): Answer {
  const { world, shard } = asked;
  const { fleet, clock } = world;
  const customers = fleet.customersOf(shard);
  const byNumber = new Map(customers.map((customer) => [customer.number, customer]));
  const item = (customer: Customer): JsonObject => ({
    customer_id: customer.id,
    device_count: fleet.devicesOf(customer, clock()).length,
    ...personalOfCustomer(customerDraw(fleet.seed, customer.number)),
  });
  return paged(asked, `${shard}/customers`, [...byNumber.keys()], (keys) => ({
    items: keys.flatMap((number) => byNumber.get(number) ?? []).map(item),
  }));
}

function hierarchy(asked: ContentCall): Answer {
  const { fleet, sites, clock } = asked.world;
  return withCustomer(asked, (customer) => {
    const numbers = Array.from({ length: sites.countOf(customer) }, (_, index) => index + 1);
    return paged(asked, `${customer.id}/hierarchy`, numbers, (keys) => ({
      customer_id: customer.id,
      sites: keys.map((site) => siteTree(fleet, sites, customer, site, clock())),
    }));
  });
}

function states(asked: ContentCall): Answer {
  const { world, faults } = asked;
  return withCustomer(asked, (customer) => {
    const there = world.fleet.devicesOf(customer, world.clock());
    const told = there.filter((device) => !meets(faults.of('incomplete'), world.fleet.seed, device));
    return paged(asked, `${customer.id}/states`, told, (keys) => ({
      items: keys.map((device) => stateItem(world, customer, device, faults)),
      total: there.length,
    }));
  });
}

function aggregates(asked: ContentCall): Answer {
  const { world, faults } = asked;
  const { fleet, clock } = world;
  if (faults.has('not-implemented')) {
    return problem(asked.draw, 501, 'not_implemented', 'this shard has no aggregates of customers');
  }
  return withCustomer(asked, (customer) =>
    withDay(asked, (dayMs) => {
      const leftOut = (device: number): boolean =>
        meets(faults.of('incomplete'), fleet.seed, device) ||
        meets(faults.of('removed-device'), fleet.seed, device) ||
        isLate(world, device, dayMs, faults);
      const told = fleet.devicesOf(customer, clock()).filter((device) => !leftOut(device));
      return paged(asked, `${customer.id}/aggregates/${dayMs}`, told, (keys) => ({
        items: keys.map((device) => aggregateItem(world, customer, device, dayMs, faults)),
      }));
    }),
  );
}

function deviceAggregates(asked: ContentCall): Answer {
  const { world, shard, call, faults, draw } = asked;
  const { fleet, clock } = world;
  const device = deviceNumber(call.deviceId ?? '');
  const owner = device === undefined ? undefined : fleet.ownerOf(device);
  if (device === undefined || owner?.shard !== shard) {
    return problem(draw, 404, 'device_unknown', 'there is no such device');
  }
  if (!fleet.isThere(device, clock()) || meets(faults.of('removed-device'), fleet.seed, device)) {
    return problem(draw, 404, 'device_removed', 'the device was removed');
  }
  return withDay(asked, (dayMs) =>
    isLate(world, device, dayMs, faults)
      ? problem(draw, 404, 'aggregate_not_ready', 'the day is still being added up')
      : ok(aggregateItem(world, owner, device, dayMs, faults)),
  );
}

function withCustomer(
  { world, shard, call, draw }: ContentCall,
  work: (customer: Customer) => Answer,
): Answer {
  const customer = world.fleet.customer(call.customerId ?? '');
  if (customer?.shard !== shard) return problem(draw, 404, 'customer_unknown', 'there is no such customer');
  return work(customer);
}

function withDay({ call, draw }: ContentCall, work: (dayMs: number) => Answer): Answer {
  const day = call.day ?? '';
  const dayMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  const isDay = dayMs % DAY_MS === 0 && new Date(dayMs).toISOString().startsWith(day);
  if (!isDay) return problem(draw, 400, 'day_invalid', 'day must be YYYY-MM-DD');
  return work(dayMs);
}

/** One page of a list. `list` names it, for the cursor. */
function paged(
  { world: { cursors }, call, faults, draw }: ContentCall,
  list: string,
  keys: readonly number[],
  render: (keys: Page['keys']) => JsonObject,
): Answer {
  const limit = call.limit === null ? DEFAULT_LIMIT : Number(call.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT) {
    return problem(draw, 400, 'limit_invalid', `limit must be a whole number from 1 to ${LARGEST_LIMIT}`);
  }
  const from = call.cursor === null ? null : cursors.decode(list, call.cursor);
  if (from === undefined) return problem(draw, 400, 'cursor_invalid', 'the cursor is not one of this list');
  const page = pageOf(keys, { from, limit }, faults);
  const nextCursor = page.next === null ? null : cursors.encode(list, page.next);
  return ok({ ...render(page.keys), next_cursor: nextCursor });
}
