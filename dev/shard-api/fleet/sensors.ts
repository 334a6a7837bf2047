import { DAY_MS } from './device-life.ts';
import { type Draw, tagOf } from './draw.ts';

const BASE = tagOf('temperature base');
const WANDER = tagOf('temperature');
const HUMID = tagOf('humidity base');
const HUMIDITY = tagOf('humidity');
const VALVE = tagOf('valve');
const DISTANCE = tagOf('rssi base');
const RSSI = tagOf('rssi');

export interface Sensors {
  /** °C, tenths. */
  readonly temperature: number;
  /** Per cent, tenths. */
  readonly humidity: number;
  /** Per cent open, whole. */
  readonly valve_position: number;
  /** dBm, whole. */
  readonly rssi: number;
}

const tenths = (value: number): number => Math.round(value * 10) / 10;

/** What a device measures at an instant. */
export function sensorsAt(draw: Draw, atMs: number): Sensors {
  const ofDay = Math.sin((atMs / DAY_MS) * 2 * Math.PI - 2);
  const temperature = 17.5 + draw.unit(BASE) * 4 + ofDay * 1.5 + draw.noise(WANDER, atMs, DAY_MS / 6) * 1.5;
  const humidity = 35 + draw.unit(HUMID) * 20 + draw.noise(HUMIDITY, atMs, DAY_MS / 4) * 12;
  const valve = 50 - (temperature - 20) * 15 + draw.noise(VALVE, atMs, DAY_MS / 12) * 25;
  const rssi = -55 - draw.unit(DISTANCE) * 30 + draw.noise(RSSI, atMs, DAY_MS / 24) * 8;
  return {
    temperature: tenths(temperature),
    humidity: tenths(humidity),
    valve_position: Math.round(Math.min(100, Math.max(0, valve))),
    rssi: Math.round(rssi),
  };
}
