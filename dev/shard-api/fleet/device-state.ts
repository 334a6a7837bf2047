import type { JsonObject } from '../json.ts';
import {
  personalOfBattery,
  personalOfConnectivity,
  personalOfFirmware,
  personalOfSensors,
  personalOfState,
} from '../personal/of-device.ts';
import { batteryLevel } from './battery-life.ts';
import { configurationAt, reportIntervalMs } from './configuration.ts';
import { calibrationTotal, uptimeSeconds } from './counters.ts';
import { deviceDraw, installedAtMs } from './device-life.ts';
import { hardwareOf, releaseName, releaseOf } from './firmware.ts';
import { deviceId } from './fleet.ts';
import { connectivityRatio, type Presence, presenceOf } from './presence.ts';
import { sensorsAt } from './sensors.ts';

/** Where a device belongs, as ids. */
export interface DeviceAddress {
  readonly customer_id: string;
  readonly site_id: string;
  readonly room_id: string;
}

/** What a scenario makes of a state. */
export interface StateTwist {
  /** Added to `last_seen`. */
  readonly skewMs: number;
  /** Off line since this instant, whatever it was otherwise. */
  readonly offSinceMs: number | null;
}

/**
 * The state of a device as its back end tells it: what it last reported, so it stands still while the device is off line.
 * Depends on nothing but the arguments.
 */
export function deviceState(
  seed: number,
  device: number,
  atMs: number,
  address: DeviceAddress,
  twist: StateTwist = { skewMs: 0, offSinceMs: null },
): JsonObject {
  const draw = deviceDraw(seed, device);
  const installedMs = installedAtMs(draw);
  const { online, lastSeenMs } = presence(draw, atMs, twist.offSinceMs);
  const seenMs = lastSeenMs ?? installedMs;
  return {
    device_id: deviceId(device),
    ...address,
    online,
    last_seen: lastSeenMs === null ? null : new Date(lastSeenMs + twist.skewMs).toISOString(),
    uptime_s: uptimeSeconds(draw, installedMs, seenMs),
    firmware: {
      embedded: releaseName(releaseOf(draw, seenMs).release),
      hardware: hardwareOf(draw, installedMs, seenMs),
      ...personalOfFirmware(draw),
    },
    sensors: { ...sensorsAt(draw, seenMs), ...personalOfSensors(draw) },
    battery: { ...batteryLevel(draw, installedMs, seenMs), ...personalOfBattery(draw) },
    calibration_total: calibrationTotal(draw, installedMs, seenMs),
    connectivity: { ratio: connectivityRatio(draw, atMs), ...personalOfConnectivity(draw) },
    configuration: configurationAt(draw, seenMs),
    ...personalOfState(draw),
  };
}

function presence(draw: ReturnType<typeof deviceDraw>, atMs: number, offSinceMs: number | null): Presence {
  const askedMs = Math.min(atMs, offSinceMs ?? atMs);
  const found = presenceOf(draw, reportIntervalMs(draw, askedMs), askedMs);
  return offSinceMs === null ? found : { ...found, online: false };
}
