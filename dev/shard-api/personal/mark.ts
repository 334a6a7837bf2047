import type { Draw, Tag } from '../fleet/draw.ts';

/**
 * What stands in every personal value and key that the simulated shards send. Search for it without regard to case, since
 * names of headers lose theirs; shorter than the marks are, since messages of parsers quote parts.
 */
export const MARK_PATTERN = /PII-[0-9a-f]{4,}/i;

/** The mark of a personal value: `PII-` and 12 hex digits. */
export const markOf = (draw: Draw, tag: Tag, bucket = 0): string => `PII-${draw.hex12(tag, bucket)}`;
