import { dailyAggregate } from '#dev/shard-api/fleet/daily-aggregate.ts';
import { dayText, deviceDraw, installedAtMs, modelOf } from '#dev/shard-api/fleet/device-life.ts';
import { deviceState } from '#dev/shard-api/fleet/device-state.ts';
import { type Customer, deviceId, type Fleet } from '#dev/shard-api/fleet/fleet.ts';
import { roomId, Sites, siteId } from '#dev/shard-api/fleet/sites.ts';

/** A state as the API tells it, personal data and all. */
export interface ToldState {
  readonly device_id: string;
  readonly customer_id: string;
  readonly site_id: string;
  readonly room_id: string;
  readonly online: boolean;
  readonly last_seen: string | null;
  readonly uptime_s: number;
  readonly firmware: Told;
  readonly sensors: Told;
  readonly battery: Told;
  readonly calibration_total: number;
  readonly connectivity: Told;
  readonly configuration: Told;
}

/** An object as the API tells it. */
export type Told = Readonly<Record<string, unknown>>;

/** A device with where it hangs. */
export interface Place {
  readonly device: number;
  readonly deviceId: string;
  readonly customer: Customer;
  readonly siteId: string;
  readonly roomId: string;
  readonly model: string;
  /** `YYYY-MM-DD`. */
  readonly installedOn: string;
}

/** What simulated shards would say if asked, without asking them: every device of every customer, none removed. */
export class FleetTruth {
  readonly fleet: Fleet;
  readonly places: readonly Place[];

  constructor(fleet: Fleet) {
    this.fleet = fleet;
    const sites = new Sites(fleet);
    this.places = fleet.customers.flatMap((customer) => placesOf(fleet, sites, customer));
  }

  /** @param offSinceMs of a device that is off line whatever it was otherwise; null of the others. */
  state(place: Place, atMs: number, offSinceMs: number | null = null): ToldState {
    const address = { customer_id: place.customer.id, site_id: place.siteId, room_id: place.roomId };
    const twist = { skewMs: 0, offSinceMs };
    return deviceState(this.fleet.seed, place.device, atMs, address, twist) as unknown as ToldState;
  }

  /** @param day `YYYY-MM-DD`. */
  aggregate({ device, customer }: Place, day: string): Told {
    return dailyAggregate(this.fleet.seed, device, customer.id, Date.parse(`${day}T00:00:00Z`));
  }
}

function placesOf(fleet: Fleet, sites: Sites, customer: Customer): Place[] {
  return Array.from({ length: customer.size }, (_, index) => {
    const device = customer.firstDevice + index;
    const at = sites.placeOf(customer, device);
    const draw = deviceDraw(fleet.seed, device);
    return {
      ...{ device, deviceId: deviceId(device), customer },
      ...{ siteId: siteId(customer, at), roomId: roomId(customer, at) },
      ...{ model: modelOf(draw), installedOn: dayText(installedAtMs(draw)) },
    };
  });
}
