/** A version as artifacts have it: a number where it reads as one. */
export function versionValue(version: string | undefined): string | number | null {
  if (version === undefined) return null;
  return /^\d+(\.\d+)?$/.test(version) ? Number(version) : version;
}

/**
 * A date or instant of YAML in ISO form, null for none.
 *
 * @param zone of one that names no zone, `+00:00` or nothing.
 */
export function momentOrNull(value: unknown, zone = ''): string | null {
  if (value === undefined || value === null) return null;
  const text = value instanceof Date ? value.toISOString().slice(0, 19) : String(value);
  const zoned = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.0+)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (zoned !== null) return `${zoned[1]}T${zoned[2]}${zoned[3] === 'Z' ? '+00:00' : zoned[3]}`;
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${text}T00:00:00${zone}`;
  return /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$/.test(text) ? `${text.replace(' ', 'T')}${zone}` : text;
}
