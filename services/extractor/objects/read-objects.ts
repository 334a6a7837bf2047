import { join } from 'node:path';
import { isError, PenstockError } from '#shared/errors/penstock-error.ts';
import type { ObjectOutcome } from '#shared/ledger/objects.ts';
import { openSliceSpool, type SpooledSlice } from '#shared/parquet/slice-spool.ts';
import { contractAsOf } from '#shared/pipeline/contract-as-of.ts';
import { compileProjection, type Projection } from '#shared/pipeline/project-row.ts';
import { objectErrors } from '#shared/sources/objects/errors.ts';
import type { FoundObject } from '#shared/sources/objects/found-object.ts';
import { extractorErrors } from '../errors.ts';
import type { ExtractorDeps } from '../extractor-deps.ts';
import { refuseTooManyRejects } from '../refuse-too-many-rejects.ts';
import type { ObjectsAttempt } from './objects-attempt.ts';

/** An object read to its end. */
export interface SpooledObject {
  readonly object: FoundObject;
  readonly spool: SpooledSlice;
}

/** What became of an object; its rows where they are to land. */
export interface ReadObject {
  readonly outcome: ObjectOutcome;
  readonly spooled: SpooledObject | undefined;
}

/**
 * Reads objects one after the other. A broken one is put into quarantine by name, and the rest goes on. Whoever takes a spool
 * discards it.
 *
 * @throws what may pass by itself (the store is away, an object changed while it was read).
 */
export async function* readObjects(
  deps: ExtractorDeps,
  attempt: ObjectsAttempt,
  objects: readonly FoundObject[],
): AsyncGenerator<ReadObject> {
  const projection = projectionOf(deps, attempt);
  for (const [index, found] of objects.entries()) {
    attempt.signal.throwIfAborted();
    const object = await attempt.source.withVersion(found, attempt.signal);
    const read = await readOne(deps, attempt, projection, object, index);
    const outcome = outcomeOf(object, read);
    yield { outcome, spooled: read instanceof PenstockError ? undefined : { object, spool: read } };
  }
}

/** When it was written, in microseconds since 1970 UTC: of two copies of a row the later one is newer. */
export const modifiedMicros = ({ modifiedAt }: Pick<FoundObject, 'modifiedAt'>): bigint =>
  BigInt(Date.parse(modifiedAt)) * 1_000n;

/** The object's rows, or what is wrong with it. */
async function readOne(
  { engine }: ExtractorDeps,
  attempt: ObjectsAttempt,
  projection: Projection,
  object: FoundObject,
  index: number,
): Promise<SpooledSlice | PenstockError> {
  const { stream, source, workDir, signal } = attempt;
  const spool = openSliceSpool({ contract: stream.contract, path: join(workDir, `object-${index}`) });
  const filled = Object.freeze({ key: object.key, modifiedAt: object.modifiedAt });
  const cursor = modifiedMicros(object).toString();
  try {
    for await (const rows of source.readObject(stream, object, { signal, workDir, engine })) {
      for (const raw of rows) {
        const full = spool.add(projection.project(raw, filled), cursor);
        if (full !== undefined) await full;
      }
    }
    const read = await spool.finish();
    refuseTooManyRejects(stream, { stream: attempt.task.stream, slice: '' }, read, []);
    return read;
  } catch (error) {
    await spool.discard();
    if (error instanceof PenstockError && isBroken(error)) return error;
    throw error;
  }
}

/** Its own fault, and not that of the store or of us. */
const isBroken = (error: PenstockError): boolean =>
  isError(error, objectErrors.broken) || isError(error, extractorErrors.tooManyRejects);

function outcomeOf(object: FoundObject, read: SpooledSlice | PenstockError): ObjectOutcome {
  const { size: bytes, ...names } = object;
  const identity = { ...names, bytes };
  if (read instanceof PenstockError) {
    const { code, message } = read;
    const reason = { code, message };
    return { object: identity, outcome: 'quarantined', rows: null, rejectedRows: null, reason };
  }
  const { rows, rejectedRows } = read;
  return { object: identity, outcome: 'landed', rows, rejectedRows, reason: null };
}

function projectionOf({ dropped, now }: ExtractorDeps, { task, run, stream }: ObjectsAttempt): Projection {
  const { map, drop } = stream;
  const contract = contractAsOf(stream.contract, { asOf: run.asOf, now: now() });
  const spec = { contract, map, drop, entity: null, eventTime: null, rows: null, hashKey: null };
  return compileProjection(spec, dropped.of(task));
}
