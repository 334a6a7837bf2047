import { DAY_MS } from './device-life.ts';
import { type Draw, tagOf } from './draw.ts';
import { releaseOf } from './firmware.ts';

const RESET = tagOf('reset');
const RESET_AT = tagOf('reset at');
const CALIBRATION_DAYS = tagOf('calibration days');
const CALIBRATION_PHASE = tagOf('calibration phase');

/** A device restarts by itself in some of these spans, once, somewhere within; and whenever it gets another release. */
const RESET_SPAN_MS = 11 * DAY_MS;
const RESET_SHARE = 0.6;
/** After so many spans without a restart the release before has restarted it anyway. */
const SPANS_BACK = 8;

/** Whole seconds since a device last restarted. */
export function uptimeSeconds(draw: Draw, installedMs: number, atMs: number): number {
  const restarts = [installedMs, releaseOf(draw, atMs).sinceMs, lastOwnRestartMs(draw, atMs)];
  const since = Math.max(...restarts.filter((restart) => restart <= atMs));
  return Number.isFinite(since) ? Math.floor((atMs - since) / 1_000) : 0;
}

function lastOwnRestartMs(draw: Draw, atMs: number): number {
  const span = Math.floor(atMs / RESET_SPAN_MS);
  for (let back = span; back > span - SPANS_BACK; back -= 1) {
    if (!draw.chance(RESET, RESET_SHARE, back)) continue;
    const restart = Math.floor((back + draw.unit(RESET_AT, back)) * RESET_SPAN_MS);
    if (restart <= atMs) return restart;
  }
  return Number.NEGATIVE_INFINITY;
}

/** Calibrations a device has done since it was put up: one every 5 to 20 days. */
export function calibrationTotal(draw: Draw, installedMs: number, atMs: number): number {
  const everyMs = draw.whole(CALIBRATION_DAYS, 5, 20) * DAY_MS;
  return Math.max(0, Math.floor((atMs - installedMs) / everyMs + draw.unit(CALIBRATION_PHASE)));
}
