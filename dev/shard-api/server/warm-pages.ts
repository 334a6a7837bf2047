import { NO_FAULTS } from '../scenario/active-faults.ts';
import { readCall } from './call.ts';
import { renderContent } from './render.ts';
import type { Shard } from './shard.ts';

/**
 * Renders every page of a shard's customers, hierarchies and states into its cache.
 *
 * @param limit entries a page.
 * @returns how many there are.
 */
export function warmPages(shard: Shard, limit: number): number {
  const { fleet } = shard.settings.world;
  const customers = fleet.customersOf(shard.name).map(({ id }) => `/v1/customers/${id}`);
  const lists = [
    '/v1/customers',
    ...customers.flatMap((path) => [`${path}/hierarchy`, `${path}/devices/state`]),
  ];
  return lists.reduce((pages, path) => pages + warmList(shard, `${path}?limit=${limit}`), 0);
}

function warmList(shard: Shard, first: string): number {
  let pages = 0;
  for (let target: string | null = first; target !== null; pages += 1) {
    const draw = shard.drawOf('warm', target);
    const { bytes } = renderContent({ shard, call: readCall('GET', target), faults: NO_FAULTS, draw });
    const { next_cursor: next } = JSON.parse(bytes.toString()) as { next_cursor: string | null };
    target = next === null ? null : `${first}&cursor=${next}`;
  }
  return pages;
}
