import { batteryAt, batteryType } from '../shard-api/fleet/battery-life.ts';
import { dayText, deviceDraw, installedAtMs } from '../shard-api/fleet/device-life.ts';
import { tagOf } from '../shard-api/fleet/draw.ts';
import { deviceId, type Fleet } from '../shard-api/fleet/fleet.ts';
import { nameOf, noteOf } from '../shard-api/personal/person.ts';

const TECHNICIAN = tagOf('technician');
/** Sets a device may have had; part of the id, so that the next set of a device never takes another's. */
const SETS_A_DEVICE = 1_000;
/** Batteries are changed before noon. */
const CHANGED_AT_MS = 10 * 3_600_000;

/** One row of `battery.batteries`; null where the column is NULL. */
export interface BatteryRow {
  readonly batteryId: number;
  readonly deviceId: string;
  readonly batteryType: string;
  readonly installedOn: string;
  readonly replacedOn: string | null;
  readonly technician: string;
  readonly remarks: string | null;
  readonly updatedAt: string;
}

/**
 * Every set of batteries that a fleet's devices have had until an instant: the ones whose voltage the shards tell. A removed
 * device keeps its last set.
 */
export function* batteryRows(fleet: Fleet, atMs: number): Generator<BatteryRow> {
  for (let device = 1; device <= fleet.deviceCount; device += 1) yield* rowsOf(fleet, device, atMs);
}

function* rowsOf({ seed }: Fleet, device: number, atMs: number): Generator<BatteryRow> {
  const draw = deviceDraw(seed, device);
  const firstMs = installedAtMs(draw);
  let battery = batteryAt(draw, firstMs, firstMs);
  while (battery.installedMs <= atMs) {
    const { index, installedMs, replacedMs } = battery;
    const isReplaced = replacedMs <= atMs;
    const changedMs = Math.min(atMs, (isReplaced ? replacedMs : installedMs) + CHANGED_AT_MS);
    yield {
      batteryId: device * SETS_A_DEVICE + index,
      deviceId: deviceId(device),
      batteryType: batteryType(draw, index),
      installedOn: dayText(installedMs),
      replacedOn: isReplaced ? dayText(replacedMs) : null,
      technician: nameOf(draw, TECHNICIAN + index),
      remarks: draw.chance(TECHNICIAN, 0.3, index) ? noteOf(draw, TECHNICIAN + index) : null,
      updatedAt: new Date(changedMs).toISOString(),
    };
    battery = batteryAt(draw, firstMs, replacedMs);
  }
}
