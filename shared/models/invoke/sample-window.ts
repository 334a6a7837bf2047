import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';

/** From and to, the end left out; ISO instants. */
export interface SampleWindow {
  readonly start: string;
  readonly end: string;
}

const RELATIVE = /^\s*(\d+)\s+(hour|day|month|year)s?\s*$/i;
const BOUND = (name: string): RegExp =>
  new RegExp(`["']?${name}["']?\\s*:\\s*["']?([0-9TZ:.+ -]+?)["']?\\s*[,}]`);

/**
 * Reads `3 days` or `{start: 2024-01-01, end: 2024-02-01}` (as the original's `SampleWindow`).
 *
 * @param now ISO instant a relative window ends at.
 * @throws PenstockError `MODEL_SAMPLE_INVALID`.
 */
export function sampleWindow(text: string, now: string): SampleWindow {
  const [, count, unit] = RELATIVE.exec(text) ?? [];
  if (count !== undefined && unit !== undefined)
    return { start: back(now, Number(count), unit.toLowerCase()), end: now };
  const start = instantOf(BOUND('start').exec(text)?.[1]);
  const end = instantOf(BOUND('end').exec(text)?.[1]);
  if (start === undefined || end === undefined)
    throw new PenstockError(modelErrors.sampleInvalid, { sample: text });
  return { start, end };
}

function back(now: string, count: number, unit: string): string {
  const at = new Date(now);
  if (unit === 'hour') at.setUTCHours(at.getUTCHours() - count);
  else if (unit === 'day') at.setUTCDate(at.getUTCDate() - count);
  else {
    const day = at.getUTCDate();
    at.setUTCMonth(at.getUTCMonth() - (unit === 'year' ? 12 * count : count));
    // The last day of a shorter month, not the first of the next one.
    if (at.getUTCDate() !== day) at.setUTCDate(0);
  }
  return at.toISOString();
}

/** Without a zone it is UTC. */
function instantOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) || /^\d{4}-\d\d-\d\d$/.test(text) ? text : `${text}Z`;
  const at = new Date(zoned);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
