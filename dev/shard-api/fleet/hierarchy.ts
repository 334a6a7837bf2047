import type { JsonObject } from '../json.ts';
import { customerDraw, personalOfRoom, personalOfSite } from '../personal/of-customer.ts';
import { personalOfThermostat } from '../personal/of-device.ts';
import { DAY_MS, dayText, deviceDraw, installedAtMs, modelOf } from './device-life.ts';
import { type Customer, deviceId, type Fleet } from './fleet.ts';
import { roomId, type Sites, siteId } from './sites.ts';

/** The hierarchy is brought up to date once a day: it still lists what was removed within the last day. */
const STALE_MS = DAY_MS;

/** One site of a customer with its rooms and thermostats. */
export function siteTree(
  fleet: Fleet,
  sites: Sites,
  customer: Customer,
  site: number,
  atMs: number,
): JsonObject {
  const draw = customerDraw(fleet.seed, customer.number);
  const devices = sites.devicesOf(customer, site).filter((device) => fleet.isThere(device, atMs - STALE_MS));
  const byRoom = Map.groupBy(devices, (device) => sites.placeOf(customer, device).room);
  return {
    site_id: siteId(customer, { site, room: 0 }),
    ...personalOfSite(draw, site),
    rooms: [...byRoom].map(([room, inRoom]) => ({
      room_id: roomId(customer, { site, room }),
      ...personalOfRoom(draw, room),
      thermostats: inRoom.map((device) => thermostat(fleet.seed, device)),
    })),
  };
}

function thermostat(seed: number, device: number): JsonObject {
  const draw = deviceDraw(seed, device);
  return {
    device_id: deviceId(device),
    model: modelOf(draw),
    installed_on: dayText(installedAtMs(draw)),
    ...personalOfThermostat(draw),
  };
}
