/**
 * What decides which of two copies of a row is newer: fixed-width hex, compared bytewise.
 *
 * @param ordinal microseconds since 1970 UTC of the instant it was read at, or written at its source.
 * @param windowId breaks ties.
 */
export const versionSuffix = (ordinal: bigint, windowId: string): string =>
  `${ordinal.toString(16).padStart(16, '0')}${windowHex(windowId)}`;

/** The part of a version that breaks ties. */
export const windowHex = (windowId: string): string => BigInt(windowId).toString(16).padStart(12, '0');
