import { DAY_MS } from './device-life.ts';
import { type Draw, tagOf } from './draw.ts';
import { releaseOf } from './firmware.ts';

const NEVER = tagOf('never seen');
const AWAY = tagOf('away');
const AWAY_ALL_WEEK = tagOf('away all week');
const PHASE = tagOf('report phase');
const LOST = tagOf('lost');

/** Whether a device is on line is drawn for six hours at a time, and now and then for a week. */
const SPELL_MS = DAY_MS / 4;
const WEEK_MS = 7 * DAY_MS;
const SPELLS_A_WEEK = WEEK_MS / SPELL_MS;
const NEVER_SHARE = 0.004;
const AWAY_SHARE = 0.02;
const AWAY_WEEK_SHARE = 0.015;
/** Some releases lose the network more often than others. */
const RELEASE_SHARES = [0, 0.005, 0, 0.01, 0.06, 0, 0.002] as const;
const WORST_SHARE = AWAY_SHARE + Math.max(...RELEASE_SHARES);
/** Nobody is looked for further back than this. */
const LONGEST_WALK_SPELLS = 100 * 4;

/** Whether a device answers, and when it last did. */
export interface Presence {
  readonly online: boolean;
  /** Null for a device that never reported. */
  readonly lastSeenMs: number | null;
}

/**
 * @param reportMs how often the device reports.
 * @param atMs the instant asked for.
 */
export function presenceOf(draw: Draw, reportMs: number, atMs: number): Presence {
  if (draw.chance(NEVER, NEVER_SHARE)) return { online: false, lastSeenMs: null };
  const spell = Math.floor(atMs / SPELL_MS);
  if (!isAway(draw, spell)) {
    const report = lastReportMs(draw, reportMs, atMs);
    return { online: true, lastSeenMs: Math.max(report, spell * SPELL_MS) };
  }
  return { online: false, lastSeenMs: lastReportMs(draw, reportMs, endOfLastSpellMs(draw, spell)) };
}

/** Share of the last seven days, 0–1 in thousandths, in which a device was on line. */
export function connectivityRatio(draw: Draw, atMs: number): number {
  const spell = Math.floor(atMs / SPELL_MS);
  let away = 0;
  for (let back = 0; back < SPELLS_A_WEEK; back += 1) if (isAway(draw, spell - back)) away += 1;
  const lost = draw.unit(LOST, spell) * 0.02;
  return Math.round(Math.max(0, 1 - away / SPELLS_A_WEEK - lost) * 1_000) / 1_000;
}

/** Quarters of a day in which a device was on line, 0–4. */
export function spellsOnline(draw: Draw, dayMs: number): number {
  const first = Math.floor(dayMs / SPELL_MS);
  return [0, 1, 2, 3].filter((back) => !isAway(draw, first + back)).length;
}

function isAway(draw: Draw, spell: number): boolean {
  const week = Math.floor(spell / SPELLS_A_WEEK);
  if (draw.chance(AWAY_ALL_WEEK, AWAY_WEEK_SHARE, week)) return true;
  const chance = draw.unit(AWAY, spell);
  if (chance < AWAY_SHARE) return true;
  if (chance > WORST_SHARE) return false;
  const { release } = releaseOf(draw, spell * SPELL_MS);
  return chance < AWAY_SHARE + (RELEASE_SHARES[release % RELEASE_SHARES.length] ?? 0);
}

function endOfLastSpellMs(draw: Draw, spell: number): number {
  let last = spell - 1;
  while (spell - last < LONGEST_WALK_SPELLS && isAway(draw, last)) last -= 1;
  return (last + 1) * SPELL_MS - 1;
}

function lastReportMs(draw: Draw, reportMs: number, atMs: number): number {
  const phase = Math.floor(draw.unit(PHASE) * reportMs);
  return Math.floor((atMs - phase) / reportMs) * reportMs + phase;
}
