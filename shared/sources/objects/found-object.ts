/** An object as it was found: what is read, and what errors and the ledger name, is this version of it. */
export interface FoundObject {
  readonly bucket: string;
  /** The whole key. */
  readonly key: string;
  /** Without quotes. */
  readonly etag: string;
  /** Null where the bucket keeps no versions, or where nobody has asked (see `ObjectSource.withVersion`). */
  readonly versionId: string | null;
  /** Bytes as stored, compressed or not. */
  readonly size: number;
  /** ISO instant in UTC. */
  readonly modifiedAt: string;
}

/** What errors say of an object. A key is a foreigner's text, so control characters are spelt out. */
export function factsOfObject({ bucket, key, versionId, etag }: FoundObject) {
  return { bucket, key: printable(key), version: versionId, etag };
}

const printable = (key: string): string =>
  key.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
