import { DeleteObjectCommand, UploadPartCopyCommand } from '@aws-sdk/client-s3';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { quotedEtag, type S3Bucket } from '#shared/s3/s3-bucket.ts';
import { s3FaultOf } from '#shared/s3/s3-fault.ts';
import { sameChecksum } from '../checksum.ts';
import { landingErrors } from '../errors.ts';
import type { ObjectIdentity } from '../landing-store.ts';
import { createInParts, type Upload } from './multipart.ts';
import { putWhole } from './put-object.ts';
import { assertStored, headObject, knownChecksum, type StoredS3Object } from './stored-object.ts';

/** A move under way: keys, and what the object must be. */
interface Move {
  readonly at: S3Bucket;
  readonly from: string;
  readonly to: string;
  readonly expected: ObjectIdentity | 'as-is';
}

/**
 * Moves by a copy inside the server and a delete. The copy is an upload of one part, because that fails if the key is taken; a
 * plain copy would replace what stands there. It is made of the very version (ETag) whose checksum was compared. Cut anywhere,
 * one of the two names shows the whole object, and the same call finishes the work.
 *
 * @throws see `LandingStore.move`; the SDK's errors, unclassified.
 */
export async function moveObject(move: Move): Promise<void> {
  const { at, from, to } = move;
  const source = await headObject(at, from);
  if (source === undefined) return assertMoved(move);
  try {
    await assertExpected(move, source);
    // Both names would be one object, and removing "the old one" would remove it.
    if (from === to) return;
    if (!(await copy(move, source))) await assertSame(move, source);
  } catch (error) {
    // Another process made the same move meanwhile: `from` is gone.
    const kind = s3FaultOf(error)?.kind;
    if (kind !== 'missing' && kind !== 'precondition') throw error;
    if ((await headObject(at, from)) !== undefined) throw error;
    return assertMoved(move);
  }
  await at.client.send(new DeleteObjectCommand({ Bucket: at.bucket, Key: at.prefix + from }));
}

async function assertMoved({ at, from, to, expected }: Move): Promise<void> {
  const target = await headObject(at, to);
  if (target === undefined) throw new PenstockError(landingErrors.objectMissing, { key: from });
  if (expected !== 'as-is') await assertStored(at, to, expected);
}

async function assertExpected({ at, from, expected }: Move, source: StoredS3Object): Promise<void> {
  if (expected === 'as-is') return;
  const sameSize = source.bytes === expected.bytes;
  if (sameSize && sameChecksum(await knownChecksum(at, from, source), expected.checksum)) return;
  const facts = { key: from, bytes: source.bytes, expected: expected.bytes };
  throw new PenstockError(landingErrors.objectCorrupt, facts);
}

/** False when the key was taken. */
async function copy(move: Move, source: StoredS3Object): Promise<boolean> {
  const { at, from, to, expected } = move;
  if (source.bytes === 0) {
    // S3 copies no range of an object without bytes.
    const identity = { bytes: 0, checksum: await knownChecksum(at, from, source) };
    return putWhole({ at, key: to, identity }, new Uint8Array());
  }
  return createInParts(at, {
    key: to,
    checksum: expected === 'as-is' ? source.checksum : expected.checksum,
    // A server may hand on the checksum of the object for that of the part, which it then refuses.
    hashedParts: false,
    bring: async (upload) => [await copyPart(move, source, upload)],
  });
}

async function copyPart({ at, from }: Move, source: StoredS3Object, { target }: Upload) {
  const { CopyPartResult } = await at.client.send(
    new UploadPartCopyCommand({
      ...target,
      PartNumber: 1,
      CopySource: `${at.bucket}/${encodePath(at.prefix + from)}`,
      CopySourceIfMatch: quotedEtag(source.etag),
    }),
  );
  return { PartNumber: 1, ETag: CopyPartResult?.ETag };
}

const encodePath = (key: string): string => key.split('/').map(encodeURIComponent).join('/');

/** Both names hold an object: a copy that was cut before the delete, or two that have nothing to do with each other. */
async function assertSame({ at, from, to }: Move, source: StoredS3Object): Promise<void> {
  await assertStored(at, to, { bytes: source.bytes, checksum: await knownChecksum(at, from, source) });
}
