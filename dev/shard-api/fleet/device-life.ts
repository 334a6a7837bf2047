import { Draw, tagOf } from './draw.ts';

const DEVICE = tagOf('device');
const INSTALLED = tagOf('installed');
const REMOVED = tagOf('removed');
const REMOVED_AT = tagOf('removed at');
const MODEL = tagOf('model');

export const DAY_MS = 86_400_000;
const FIRST_INSTALLED_MS = Date.UTC(2021, 0, 4);
const INSTALL_DAYS = 1_450;
const FIRST_REMOVED_MS = Date.UTC(2025, 0, 1);
const REMOVAL_MS = Date.UTC(2029, 0, 1) - FIRST_REMOVED_MS;
const MODELS = ['TRV-10', 'TRV-10', 'TRV-20', 'TRV-20', 'TRV-20 Pro', 'WALL-1'] as const;

/** What is drawn about a device. */
export const deviceDraw = (seed: number, device: number): Draw => new Draw(seed, DEVICE, device);

/** The instant a device was put up, in 2021–2024, at a full day in UTC. */
export const installedAtMs = (draw: Draw): number =>
  FIRST_INSTALLED_MS + draw.whole(INSTALLED, 0, INSTALL_DAYS) * DAY_MS;

/** The instant a device is taken off the wall, in 2025–2028; null for those that stay. */
export function removedAtMs(seed: number, device: number, share: number): number | null {
  const draw = deviceDraw(seed, device);
  if (!draw.chance(REMOVED, share)) return null;
  return FIRST_REMOVED_MS + Math.floor(draw.unit(REMOVED_AT) * REMOVAL_MS);
}

export const modelOf = (draw: Draw): string => draw.pick(MODEL, MODELS);

/** `YYYY-MM-DD` in UTC. */
export const dayText = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
