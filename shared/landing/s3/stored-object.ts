import { createHash } from 'node:crypto';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { bareEtag, quotedEtag, type S3Bucket } from '#shared/s3/s3-bucket.ts';
import { s3FaultOf } from '#shared/s3/s3-fault.ts';
import { type Checksum, sameChecksum, sha256FromHex } from '../checksum.ts';
import { landingErrors } from '../errors.ts';
import type { ObjectIdentity } from '../landing-store.ts';

/** An object as the server describes it. */
export interface StoredS3Object {
  readonly bytes: number;
  /** Without quotes. */
  readonly etag: string;
  /** Undefined for objects that others stored. */
  readonly checksum: Checksum | undefined;
}

/** The part of an answer that describes an object. */
interface Described {
  readonly ChecksumSHA256?: string | undefined;
  readonly Metadata?: Readonly<Record<string, string>> | undefined;
}

/**
 * Every object says in its metadata what it hashes to: of an object uploaded in parts S3 itself keeps no SHA-256 but one of
 * the parts'. What the bytes were when they were sent, the server has checked part by part.
 */
const SHA256_METADATA = 'sha256';

export const metadataOf = (checksum: Checksum | undefined): { Metadata?: Record<string, string> } =>
  checksum === undefined ? {} : { Metadata: { [SHA256_METADATA]: checksum.hex } };

/** What an object hashes to by what the server has of it: its own checksum of the whole, or our metadata. */
export function checksumOf({ ChecksumSHA256, Metadata }: Described): Checksum | undefined {
  if (ChecksumSHA256 !== undefined && !ChecksumSHA256.includes('-'))
    return sha256FromHex(Buffer.from(ChecksumSHA256, 'base64').toString('hex'));
  const hex = Metadata?.[SHA256_METADATA];
  return hex !== undefined && /^[0-9a-f]{64}$/.test(hex) ? sha256FromHex(hex) : undefined;
}

/** What stands under a key; undefined when nothing does. @throws the SDK's errors, unclassified. */
export async function headObject(at: S3Bucket, key: string): Promise<StoredS3Object | undefined> {
  try {
    const found = await at.client.send(
      new HeadObjectCommand({ Bucket: at.bucket, Key: at.prefix + key, ChecksumMode: 'ENABLED' }),
    );
    return { bytes: found.ContentLength ?? 0, etag: bareEtag(found.ETag), checksum: checksumOf(found) };
  } catch (error) {
    if (s3FaultOf(error)?.kind === 'missing') return undefined;
    throw error;
  }
}

/** The object's checksum as the server has it, else by reading the object. @throws the SDK's errors, unclassified. */
export async function knownChecksum(at: S3Bucket, key: string, stored: StoredS3Object): Promise<Checksum> {
  if (stored.checksum !== undefined) return stored.checksum;
  const { Body } = await at.client.send(
    new GetObjectCommand({ Bucket: at.bucket, Key: at.prefix + key, IfMatch: quotedEtag(stored.etag) }),
  );
  const hash = createHash('sha256');
  for await (const chunk of Body as AsyncIterable<Uint8Array>) hash.update(chunk);
  return sha256FromHex(hash.digest('hex'));
}

/**
 * What a create-only write means when the key was taken.
 *
 * @throws LANDING_OBJECT_DIFFERS when it holds other bytes; LANDING_BUSY when it holds nothing any more; the SDK's errors,
 *   unclassified.
 */
export async function assertStored(at: S3Bucket, key: string, identity: ObjectIdentity): Promise<void> {
  const stored = await headObject(at, key);
  if (stored === undefined) throw new PenstockError(landingErrors.busy, { key, s3: 'Vanished' });
  const sameSize = stored.bytes === identity.bytes;
  if (sameSize && sameChecksum(await knownChecksum(at, key, stored), identity.checksum)) return;
  const facts = { key, bytes: stored.bytes, given: identity.bytes };
  throw new PenstockError(landingErrors.objectDiffers, facts);
}
