import { DAY_MS } from './device-life.ts';
import { type Draw, tagOf } from './draw.ts';

const LIFE_DAYS = tagOf('battery life');
const REPLACED = tagOf('battery replaced');
const TYPE = tagOf('battery type');
const RIPPLE = tagOf('voltage ripple');

const TYPES = ['AA alkaline', 'AA alkaline', 'AA lithium', 'AA NiMH'] as const;
const FULL_VOLTS = 3.2;
const SPENT_VOLTS = 0.9;

/** One set of batteries of a device. */
export interface BatteryPeriod {
  /** From 0: the one the device came with. */
  readonly index: number;
  readonly installedMs: number;
  /** When the next one took its place. */
  readonly replacedMs: number;
}

export interface BatteryLevel {
  readonly voltage: number;
  /** Whole, 0–100. */
  readonly percent: number;
}

/** The batteries a device has at an instant. */
export function batteryAt(draw: Draw, installedMs: number, atMs: number): BatteryPeriod {
  const lifeMs = draw.whole(LIFE_DAYS, 300, 800) * DAY_MS;
  let index = Math.max(0, Math.floor((atMs - installedMs) / lifeMs));
  if (index > 0 && startMs(draw, installedMs, lifeMs, index) > atMs) index -= 1;
  return {
    index,
    installedMs: startMs(draw, installedMs, lifeMs, index),
    replacedMs: startMs(draw, installedMs, lifeMs, index + 1),
  };
}

/** Batteries last their device's span or up to a third more, by day. */
function startMs(draw: Draw, installedMs: number, lifeMs: number, index: number): number {
  if (index === 0) return installedMs;
  const exact = installedMs + (index + draw.unit(REPLACED, index) / 3) * lifeMs;
  return Math.floor(exact / DAY_MS) * DAY_MS;
}

export const batteryType = (draw: Draw, index: number): string => draw.pick(TYPE, TYPES, index);

/** How full they are: falls until they are replaced. */
export function batteryLevel(draw: Draw, installedMs: number, atMs: number): BatteryLevel {
  const battery = batteryAt(draw, installedMs, atMs);
  const used = Math.max(0, (atMs - battery.installedMs) / (battery.replacedMs - battery.installedMs));
  const ripple = draw.noise(RIPPLE, atMs, DAY_MS / 2) * 0.01;
  return {
    voltage: Math.round((FULL_VOLTS - SPENT_VOLTS * used ** 1.3 + ripple) * 1_000) / 1_000,
    percent: Math.round(100 * (1 - used)),
  };
}
