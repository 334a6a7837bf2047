import { DAY_MS } from './device-life.ts';
import { type Draw, tagOf } from './draw.ts';

const ADOPTED = tagOf('adopted');
const HELD_BACK = tagOf('held back');
const SWAPPED = tagOf('swapped');
const SWAPPED_AT = tagOf('swapped at');
const VERSION = tagOf('version');

/** A version of the embedded software comes out every so often and reaches the devices within a month. */
const FIRST_RELEASE_MS = Date.UTC(2023, 0, 2);
const RELEASE_EVERY_MS = 45 * DAY_MS;
const ROLL_OUT_MS = 30 * DAY_MS;
const HELD_BACK_SHARE = 0.05;
const HELD_BACK_RELEASES = 2;

const REVISIONS = ['A1', 'A2', 'B1', 'B2', 'B3', 'C1', 'C2'] as const;
const FIRST_REVISION_MS = Date.UTC(2020, 6, 1);
const REVISION_EVERY_MS = 300 * DAY_MS;
const SWAPPED_SHARE = 0.08;
const FIRST_SWAP_MS = Date.UTC(2025, 0, 1);
const SWAPS_MS = 4 * 365 * DAY_MS;

/** The release a device runs, counted from 0, and since when. */
export interface InstalledRelease {
  readonly release: number;
  readonly sinceMs: number;
}

/** Which release a device runs at an instant. */
export function releaseOf(draw: Draw, atMs: number): InstalledRelease {
  const newest = Math.floor((atMs - FIRST_RELEASE_MS) / RELEASE_EVERY_MS);
  const lag = draw.chance(HELD_BACK, HELD_BACK_SHARE) ? HELD_BACK_RELEASES : 0;
  const reached = adoptedAtMs(draw, newest, lag) <= atMs ? newest : newest - 1;
  const release = Math.max(0, reached - lag);
  return { release, sinceMs: adoptedAtMs(draw, release + lag, lag) };
}

/** When the release that follows `lag` releases behind the given one reaches the device. */
function adoptedAtMs(draw: Draw, newest: number, lag: number): number {
  const releasedMs = FIRST_RELEASE_MS + newest * RELEASE_EVERY_MS;
  return Math.floor(releasedMs + draw.unit(ADOPTED, newest - lag) * ROLL_OUT_MS);
}

/** `2.4.1` of a release; the last part tells nothing about its age. */
export function releaseName(release: number): string {
  const patch = (release * 7 + VERSION) & 3;
  return `${1 + Math.floor(release / 10)}.${release % 10}.${patch}`;
}

/** The hardware a device has at an instant: that of its time of installation, for some that of a later swap. */
export function hardwareOf(draw: Draw, installedMs: number, atMs: number): string {
  const swappedMs = FIRST_SWAP_MS + draw.unit(SWAPPED_AT) * SWAPS_MS;
  const wasSwapped = swappedMs <= atMs && draw.chance(SWAPPED, SWAPPED_SHARE);
  const builtMs = wasSwapped ? swappedMs : installedMs;
  const revision = Math.floor((builtMs - FIRST_REVISION_MS) / REVISION_EVERY_MS);
  return REVISIONS[Math.min(Math.max(revision, 0), REVISIONS.length - 1)] ?? 'A1';
}
