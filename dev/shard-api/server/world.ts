import type { Fleet } from '../fleet/fleet.ts';
import type { Sites } from '../fleet/sites.ts';
import type { Cursors } from './cursors.ts';

/** What all shards tell of. */
export interface World {
  readonly fleet: Fleet;
  readonly sites: Sites;
  readonly cursors: Cursors;
  /** Milliseconds since 1970; states and aggregates are those of this instant. */
  readonly clock: () => number;
}
