import type { WatermarkType } from '#shared/pipeline/watermark-type.ts';

/**
 * A watermark as people read it: an instant, a day, or the integer itself.
 *
 * @param cursor microseconds since 1970 UTC, or the integer.
 */
export function watermarkText(cursor: bigint, type: WatermarkType): string {
  if (type === 'int64') return cursor.toString();
  const milliseconds = Number(cursor / 1_000n);
  // Beyond what a JavaScript date holds.
  if (Math.abs(milliseconds) > 8.64e15) return cursor.toString();
  const iso = new Date(milliseconds).toISOString();
  return type === 'date' ? iso.slice(0, 10) : iso;
}

/** How far a watermark lies behind an instant, in milliseconds; null where it is no time. */
export function lagMs(cursor: bigint, type: WatermarkType, now: Date): number | null {
  return type === 'int64' ? null : Math.max(0, now.getTime() - Number(cursor / 1_000n));
}
