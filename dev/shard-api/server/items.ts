import { dailyAggregate } from '../fleet/daily-aggregate.ts';
import { DAY_MS, deviceDraw } from '../fleet/device-life.ts';
import { deviceState } from '../fleet/device-state.ts';
import { tagOf } from '../fleet/draw.ts';
import type { Customer } from '../fleet/fleet.ts';
import { roomId, siteId } from '../fleet/sites.ts';
import type { JsonObject } from '../json.ts';
import { type ActiveFaults, meets } from '../scenario/active-faults.ts';
import type { World } from './world.ts';

const NEW_FIELD = tagOf('new field');

/** Stands for a bare NaN, which JSON cannot say, until the body is text. */
export const NAN_PLACE = '#NaN#';

/** A device's state, and what faults make of it. */
export function stateItem(
  world: World,
  customer: Customer,
  device: number,
  faults: ActiveFaults,
): JsonObject {
  const { fleet, sites, clock } = world;
  const { seed } = fleet;
  const place = sites.placeOf(customer, device);
  const address = {
    customer_id: customer.id,
    site_id: siteId(customer, place),
    room_id: roomId(customer, place),
  };
  const off = faults.of('devices-off');
  const offSinceMs = off !== undefined && meets(off, seed, device) ? clock() - off.forMs : null;
  const skewMs = faults.of('clock-skew')?.ms ?? 0;
  const state = deviceState(seed, device, clock(), address, { skewMs, offSinceMs });
  const measured = state['sensors'] as JsonObject;
  return {
    ...state,
    ...(meets(faults.of('nan'), seed, device) ? { sensors: { ...measured, temperature: NAN_PLACE } } : {}),
    ...newFields(seed, device, faults),
  };
}

/** A device's aggregates of a day, and what faults make of them. */
export function aggregateItem(
  { fleet: { seed } }: World,
  customer: Customer,
  device: number,
  dayMs: number,
  faults: ActiveFaults,
): JsonObject {
  const aggregate = dailyAggregate(seed, device, customer.id, dayMs);
  const range = aggregate['temperature'] as JsonObject;
  return {
    ...aggregate,
    ...(meets(faults.of('nan'), seed, device) ? { temperature: { ...range, avg: NAN_PLACE } } : {}),
    ...newFields(seed, device, faults),
  };
}

/** Whether a device's aggregates of a day are still to come. */
export function isLate(
  { fleet, clock }: World,
  device: number,
  dayMs: number,
  faults: ActiveFaults,
): boolean {
  const late = faults.of('late-aggregates');
  if (late === undefined || !meets(late, fleet.seed, device)) return false;
  return clock() < dayMs + DAY_MS + late.hours * 3_600_000;
}

/** What a release of the back end brought that nobody announced; nothing personal. */
function newFields(seed: number, device: number, faults: ActiveFaults): JsonObject {
  if (!faults.has('new-fields')) return {};
  const draw = deviceDraw(seed, device);
  return {
    co2_ppm: draw.whole(NEW_FIELD, 400, 1_800),
    radio: {
      protocol: 'thread',
      channel: draw.whole(NEW_FIELD, 11, 26, 1),
      hops: draw.whole(NEW_FIELD, 0, 4, 2),
    },
  };
}
