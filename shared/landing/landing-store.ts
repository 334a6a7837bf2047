import type { Readable } from 'node:stream';
import type { Checksum } from './checksum.ts';

/** An object as a store knows it. `checksum` is there when the store keeps one or has just computed it. */
export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  readonly checksum?: Checksum;
  /** Version of the object where the store has one (ETag, generation), opaque. */
  readonly version?: string;
}

/** What the ledger recorded of an object; reads and moves are checked against it. */
export interface ObjectIdentity {
  readonly bytes: number;
  readonly checksum: Checksum;
}

/** Differences between stores, declared so that nobody asks a store by name. */
export interface LandingCapabilities {
  /** `fetchToLocal` copies no bytes where the work folder is on the store's file system. */
  readonly localObjects: boolean;
  /** `head` and `list` tell checksums without reading the bytes. */
  readonly keepsChecksums: boolean;
  /** A move is one atomic step at the store (else copy, verify, delete). */
  readonly atomicMove: boolean;
}

export interface PutOptions {
  /** What the bytes must hash to; a mismatch stores nothing. Without it the store computes it, in the same pass. */
  readonly checksum?: Checksum;
  /**
   * The caller gives the file up: the store may take it over instead of copying it, and removes it once the
   * object is durable. Nobody may write to it afterwards. On failure the file stays where it was.
   */
  readonly handOver?: boolean;
  readonly signal?: AbortSignal;
}

export interface PutResult extends StoredObject {
  readonly checksum: Checksum;
  /** The key held these very bytes before the call (a repeated attempt). */
  readonly alreadyThere: boolean;
}

export interface ReadOptions {
  /** First byte, from 0. */
  readonly start?: number;
  /** Last byte, inclusive, as in HTTP ranges. */
  readonly end?: number;
  readonly signal?: AbortSignal;
}

export interface ListOptions {
  /** Only keys greater than this one, bytewise. */
  readonly after?: string;
  /** At most this many objects. */
  readonly limit?: number;
}

/** Verified bytes on the local disk. `release` removes a temporary copy, and does nothing to an object itself. */
export interface LocalCopy {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * Where landing, archive and quarantine files live. Keys are validated by `assertObjectKey`; objects are
 * immutable: a key is written once, and never with other bytes.
 *
 * Every method throws `PenstockError`s of `shared/landing/errors.ts` only, or the signal's reason.
 */
export interface LandingStore {
  readonly kind: string;
  readonly capabilities: LandingCapabilities;

  /**
   * Create-only. When it returns, the object survives a power cut; before, nothing is visible under the key.
   *
   * @throws LANDING_OBJECT_DIFFERS when the key holds other bytes, LANDING_CHECKSUM_MISMATCH when the file does
   *   not hash to `opts.checksum` (nothing is stored).
   */
  putFile(key: string, localPath: string, opts?: PutOptions): Promise<PutResult>;

  /** What stands under the key; undefined when nothing does. Reads no bytes. */
  head(key: string): Promise<StoredObject | undefined>;

  /** @throws LANDING_OBJECT_MISSING before the first byte. The stream's own errors are the store's, unclassified. */
  openRead(key: string, opts?: ReadOptions): Promise<Readable>;

  /**
   * Brings the bytes to a local path for readers that need one, and verifies them.
   *
   * @throws LANDING_OBJECT_CORRUPT when size or checksum are not `expected`; LANDING_OBJECT_MISSING.
   */
  fetchToLocal(
    key: string,
    workDir: string,
    expected: ObjectIdentity,
    opts?: { readonly signal?: AbortSignal },
  ): Promise<LocalCopy>;

  /**
   * Moves an object; crash-safe and repeatable at any cut. `from` gone and `to` there = done before.
   * Bytes are verified against `expected` whenever they are copied; a move that copies none checks the size.
   *
   * @param expected `'as-is'` moves whatever stands there (a corrupt file on its way to quarantine).
   * @throws LANDING_OBJECT_DIFFERS when `to` holds other bytes (both stay), LANDING_OBJECT_CORRUPT when `from`
   *   is not `expected` (nothing is changed), LANDING_OBJECT_MISSING when neither is there.
   */
  move(from: string, to: string, expected: ObjectIdentity | 'as-is'): Promise<void>;

  /** Idempotent. */
  delete(key: string): Promise<void>;

  /** Objects whose key begins with `prefix` (any text, not only whole folders), in bytewise order of keys. */
  list(prefix: string, opts?: ListOptions): AsyncIterable<StoredObject>;

  /** Removes what writers that died left beside the objects, if untouched for `olderThanMs`. Returns how many. */
  cleanAside(olderThanMs: number): Promise<number>;

  /** Problems in words, none when the store can be written, read and deleted from. */
  check(): Promise<string[]>;

  close(): Promise<void>;
}
