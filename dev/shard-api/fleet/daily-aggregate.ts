import type { JsonObject } from '../json.ts';
import { personalOfAggregate, personalOfRange } from '../personal/of-device.ts';
import { batteryLevel } from './battery-life.ts';
import { DAY_MS, dayText, deviceDraw, installedAtMs } from './device-life.ts';
import { tagOf } from './draw.ts';
import { deviceId } from './fleet.ts';
import { spellsOnline } from './presence.ts';
import { sensorsAt } from './sensors.ts';

const MOVEMENT = tagOf('valve movement');
const LOST_SAMPLES = tagOf('lost samples');
const SAMPLES_A_SPELL = 24;
const PROBES = [2, 8, 14, 20].map((hour) => (hour * DAY_MS) / 24);

/**
 * A device's aggregates of a day in UTC. Depends on nothing but the arguments.
 *
 * @param dayMs midnight of the day.
 */
export function dailyAggregate(seed: number, device: number, customerId: string, dayMs: number): JsonObject {
  const draw = deviceDraw(seed, device);
  const day = dayMs / DAY_MS;
  const sensors = PROBES.map((probe) => sensorsAt(draw, dayMs + probe));
  const volts = PROBES.map((probe) => batteryLevel(draw, installedAtMs(draw), dayMs + probe).voltage);
  const range = (values: readonly number[], digits: number): JsonObject => rangeOf(values, digits);
  return {
    device_id: deviceId(device),
    customer_id: customerId,
    day: dayText(dayMs),
    valve_movement: draw.whole(MOVEMENT, 0, 4_000, day) / 10,
    temperature: {
      ...range(
        sensors.map(({ temperature }) => temperature),
        2,
      ),
      ...personalOfRange(draw, day),
    },
    humidity: range(
      sensors.map(({ humidity }) => humidity),
      2,
    ),
    rssi: range(
      sensors.map(({ rssi }) => rssi),
      1,
    ),
    battery_voltage: range(volts, 3),
    samples: Math.max(1, spellsOnline(draw, dayMs) * SAMPLES_A_SPELL - draw.whole(LOST_SAMPLES, 0, 5, day)),
    ...personalOfAggregate(draw, day),
  };
}

function rangeOf(values: readonly number[], digits: number): JsonObject {
  const scale = 10 ** digits;
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  return { avg: Math.round(mean * scale) / scale, min: Math.min(...values), max: Math.max(...values) };
}
