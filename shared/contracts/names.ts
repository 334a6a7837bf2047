import { createHash } from 'node:crypto';

/** Where a file stands. The ledger says which; a file is in exactly one place as the ledger sees it. */
export type Place = 'landing' | 'archive' | 'quarantine';

/** What identifies a run before it exists. */
export interface RunIdentity {
  readonly pipeline: string;
  readonly kind: string;
  readonly schedule: string;
  /** ISO instant. */
  readonly logicalTime: string;
  /** Distinguishes manual runs of the same instant (an idempotency key). */
  readonly discriminator: string;
}

/** Deterministic run id: 12 lower-case base-32 characters, so that two planners name one run alike. */
export function runIdOf(identity: RunIdentity): string {
  const parts = [
    identity.pipeline,
    identity.kind,
    identity.schedule,
    identity.logicalTime,
    identity.discriminator,
  ];
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  return `r${base32(digest).slice(0, 11)}`;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Uint8Array): string {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  let out = '';
  for (let shift = BigInt(bytes.length * 8) - 5n; shift >= 0n; shift -= 5n) {
    out += ALPHABET[Number((bits >> shift) & 31n)] ?? '';
  }
  return out;
}

/** What a landing file's key is made of; see the design, "Where a file lives". */
export interface FileIdentity {
  readonly pipeline: string;
  readonly stream: string;
  /** `YYYY-MM-DD`, fixed when the run is planned. */
  readonly ingestionDate: string;
  /** ISO instant of the run. */
  readonly logicalTime: string;
  readonly runId: string;
  readonly batch: string;
  readonly attempt: number;
  readonly part: number;
  readonly extension: 'parquet' | 'rejects.parquet';
}

/** File name without folders; this is what rows carry as `_source_file`. */
export function fileNameOf(file: FileIdentity): string {
  const time = file.logicalTime.replace(/[-:]/g, '').replace(/\.\d+/, '');
  const part = String(file.part).padStart(4, '0');
  return `${file.stream}_${time}_${file.runId}_${file.batch}_${file.attempt}_${part}.${file.extension}`;
}

/** Object key below the store's root: `<place>/<pipeline>/<stream>/ingestion_dt=…/<name>`. */
export function fileKeyOf(place: Place, file: FileIdentity): string {
  return `${place}/${file.pipeline}/${file.stream}/ingestion_dt=${file.ingestionDate}/${fileNameOf(file)}`;
}

/** The same key in another place (mirrored path). */
export function keyInPlace(key: string, place: Place): string {
  return `${place}${key.slice(key.indexOf('/'))}`;
}

/** Relation in the warehouse, unquoted parts. */
export interface RelationName {
  readonly schema: string;
  readonly name: string;
}

/** Schema that holds a pipeline's temp tables. */
export const tempSchemaOf = (pipeline: string): string => `${pipeline}_temp`;

/** Where a stream's merged rows stand: the bronze model of the stream's name. */
export function bronzeTableOf(pipeline: string, stream: string): RelationName {
  return { schema: `${pipeline}_bronze`, name: stream };
}

/** Hashed temp table of one run, stream and load attempt; listable by prefix `<stream>__`. */
export function hashedTableOf(
  pipeline: string,
  stream: string,
  runId: string,
  attempt: number,
): RelationName {
  return { schema: tempSchemaOf(pipeline), name: bounded(`${stream}__${runId}_${attempt}`) };
}

/** A hashed table that a merge filled again, because the load's own was emptied or gone while others may still read it. */
export function reloadedTableOf(hashed: RelationName, mergeAttempt: number): RelationName {
  return { schema: hashed.schema, name: bounded(`${hashed.name}_again_${mergeAttempt}`) };
}

/** A hashed table without rows, for a stream that no run has brought yet. */
export function emptyTableOf(pipeline: string, stream: string, runId: string, attempt: number): RelationName {
  return { schema: tempSchemaOf(pipeline), name: bounded(`${stream}__${runId}_${attempt}_none`) };
}

/** The source, in a pipeline's project, that every bronze model reads its batch from: one table for each stream. */
export const LANDING = 'landing';

/** The stable one people and compilers see. */
export function stableTableOf(pipeline: string, stream: string): RelationName {
  return { schema: tempSchemaOf(pipeline), name: stream };
}

const MAX_IDENTIFIER_BYTES = 63;

/**
 * Shortens a name past PostgreSQL's identifier limit by a hash of the whole, deterministically.
 *
 * @param maxBytes room there is, default the limit; less where a suffix follows.
 */
export function bounded(name: string, maxBytes = MAX_IDENTIFIER_BYTES): string {
  if (Buffer.byteLength(name) <= maxBytes) return name;
  const digest = base32(createHash('sha256').update(name).digest()).slice(0, 10);
  return `${cutToBytes(name, maxBytes - 11)}_${digest}`;
}

/** The longest beginning of whole characters that fits. */
function cutToBytes(name: string, maxBytes: number): string {
  let cut = '';
  for (const character of name) {
    if (Buffer.byteLength(cut + character) > maxBytes) break;
    cut += character;
  }
  return cut;
}

/** Names a shard of an API among all queues: `FLEET` and `s1` are `fleet-s1`. */
export const shardQueueOf = (connection: string, shard: string): string =>
  `${connection.toLowerCase().replaceAll('_', '-')}-${shard}`;

/** Key of a slice that a shard lists. */
export const listedSliceKey = (shard: string, id: string): string => `${shard}/${id}`;

/** The id that a shard lists a slice under. */
export const listedSliceId = (slice: string): string => slice.slice(slice.indexOf('/') + 1);
