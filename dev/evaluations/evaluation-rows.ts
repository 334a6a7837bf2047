import { batteryLevel } from '../shard-api/fleet/battery-life.ts';
import { dayText, deviceDraw, installedAtMs } from '../shard-api/fleet/device-life.ts';
import { tagOf } from '../shard-api/fleet/draw.ts';
import { deviceId, type Fleet } from '../shard-api/fleet/fleet.ts';
import { noteOf } from '../shard-api/personal/person.ts';

const REMARKS = tagOf('evaluation remarks');

/** One device as a model evaluated its battery. */
export interface EvaluationRow {
  readonly device_id: string;
  readonly evaluated_on: string;
  readonly model_version: string;
  /** 0–1, at most four decimals. */
  readonly health: number;
  /** Null for a battery that was changed lately: the model cannot tell yet. */
  readonly days_remaining: number | null;
  /** What the contract does not name. */
  readonly remarks: string;
}

const MODEL_VERSION = 'bat-1.4.0';
const FULL = 98;
const DAYS_OF_A_FULL_ONE = 540;

/** Evaluations of the devices of a fleet at an instant, from the same battery levels that the shards tell. */
export function* evaluationRows(fleet: Fleet, atMs: number): Generator<EvaluationRow> {
  for (let device = 1; device <= fleet.deviceCount; device += 1) {
    if (!fleet.isThere(device, atMs)) continue;
    const draw = deviceDraw(fleet.seed, device);
    const { percent } = batteryLevel(draw, installedAtMs(draw), atMs);
    yield {
      device_id: deviceId(device),
      evaluated_on: dayText(atMs),
      model_version: MODEL_VERSION,
      health: Math.round(percent * 100) / 10_000,
      days_remaining: percent >= FULL ? null : Math.round((percent / 100) * DAYS_OF_A_FULL_ONE),
      remarks: noteOf(draw, REMARKS),
    };
  }
}
