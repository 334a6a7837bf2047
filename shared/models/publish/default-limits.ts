import type { PublishLimits } from '../model-warehouse.ts';

/** A reader waits at most this long behind a swap; a swap that never gets its locks gives up after a minute. */
export const DEFAULT_LIMITS: PublishLimits = { lockTimeoutMs: 100, giveUpAfterMs: 60_000 };
