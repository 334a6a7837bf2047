import type { TaskRef } from '#shared/contracts/task.ts';
import { recordEvent } from './events.ts';
import { guardAttempt } from './guard-attempt.ts';
import { type JsonObject, jsonParam } from './json.ts';
import { type Ledger, withTransaction } from './ledger.ts';
import type { Queryable } from './queryable.ts';

/** A foreign object by name and content. */
export interface ObjectIdentity {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly versionId: string | null;
  readonly bytes: number;
  /** ISO instant. */
  readonly modifiedAt: string;
}

/** What became of an object. */
export interface ObjectOutcome {
  readonly object: ObjectIdentity;
  readonly outcome: 'landed' | 'quarantined';
  readonly rows: number | null;
  readonly rejectedRows: number | null;
  /** Why it is quarantined: a code and where, never content. */
  readonly reason: JsonObject | null;
}

/** Those of `objects` that the stream has not met, in their order: another content under a known key is new. */
export async function newObjects<T extends Pick<ObjectIdentity, 'bucket' | 'key' | 'etag'>>(
  ledger: Queryable,
  of: { readonly pipeline: string; readonly stream: string },
  objects: readonly T[],
): Promise<T[]> {
  // One look-up of the primary key for each: joined, the server reads all that the stream ever met.
  const unknown = await ledger.rows<{ place: number }>(
    `SELECT w.place::int AS place FROM unnest($3::text[], $4::text[], $5::text[]) WITH ORDINALITY AS w (bucket, key, etag, place)
     LEFT JOIN LATERAL (
       SELECT true AS met FROM ops.objects o WHERE o.pipeline = $1 AND o.stream = $2 AND o.bucket = w.bucket
         AND o.key = w.key AND o.etag = w.etag LIMIT 1
     ) k ON true WHERE k.met IS NULL ORDER BY w.place`,
    [
      ...[of.pipeline, of.stream],
      objects.map(({ bucket }) => bucket),
      objects.map(({ key }) => key),
      objects.map(({ etag }) => etag),
    ],
  );
  return unknown.flatMap(({ place }) => objects[place - 1] ?? []);
}

/**
 * Notes what became of objects, inside the transaction that lands their rows.
 *
 * @param windowId window that the landed ones' rows are in.
 * @throws PenstockError LEDGER_SUPERSEDED_ATTEMPT.
 */
export async function recordObjects(
  tx: Queryable,
  ref: TaskRef,
  windowId: string,
  outcomes: readonly ObjectOutcome[],
): Promise<void> {
  const task = await guardAttempt(tx, ref);
  await tx.rows(
    `INSERT INTO ops.objects (pipeline, stream, bucket, key, etag, version_id, bytes, modified_at, outcome, row_count,
       rejected_rows, reason, run_id, window_id)
     SELECT $1, $2, o.bucket, o.key, o.etag, o."versionId", o.bytes, o."modifiedAt", o.outcome, o.rows, o."rejectedRows",
       o.reason, $3, CASE WHEN o.outcome = 'landed' THEN $4::bigint END
     FROM jsonb_to_recordset($5::jsonb) AS o (bucket text, key text, etag text, "versionId" text, bytes bigint,
       "modifiedAt" timestamptz, outcome text, rows bigint, "rejectedRows" bigint, reason jsonb)
     ON CONFLICT (pipeline, stream, bucket, key, etag) DO NOTHING`,
    [
      ...[task.pipeline, task.stream, task.runId, windowId],
      jsonParam(outcomes.map(({ object, ...rest }) => ({ ...object, ...rest }))),
    ],
  );
  await closeReplaced(tx, task, outcomes);
}

/** A broken object that another content has replaced under its key waits for nobody. */
async function closeReplaced(
  tx: Queryable,
  { pipeline, stream }: { readonly pipeline: string; readonly stream: string },
  outcomes: readonly ObjectOutcome[],
): Promise<void> {
  const landed = outcomes.filter(({ outcome }) => outcome === 'landed').map(({ object }) => object);
  await tx.rows(
    `UPDATE ops.objects o SET outcome = 'discarded', closed_by = 'replaced by etag ' || w.etag
     FROM unnest($3::text[], $4::text[]) AS w (key, etag)
     WHERE o.pipeline = $1 AND o.stream = $2 AND o.key = w.key AND o.etag <> w.etag AND o.outcome = 'quarantined'`,
    [pipeline, stream, landed.map(({ key }) => key), landed.map(({ etag }) => etag)],
  );
}

/** Objects of a stream in quarantine. */
export async function openObjectCount(ledger: Queryable, pipeline: string, stream: string): Promise<number> {
  const [row] = await ledger.rows<{ count: number }>(
    `SELECT count(*)::int AS count FROM ops.objects
     WHERE pipeline = $1 AND stream = $2 AND outcome = 'quarantined'`,
    [pipeline, stream],
  );
  return row?.count ?? 0;
}

/** A quarantined object with why. */
export interface QuarantinedObject extends Pick<ObjectIdentity, 'bucket' | 'key' | 'etag' | 'versionId'> {
  readonly stream: string;
  readonly reason: JsonObject;
  readonly recordedAt: string;
}

/** Quarantined objects of a pipeline, oldest first. */
export function quarantinedObjects(ledger: Queryable, pipeline: string): Promise<QuarantinedObject[]> {
  return ledger.rows<QuarantinedObject & Record<string, unknown>>(
    `SELECT stream, bucket, key, etag, version_id AS "versionId", reason, recorded_at AS "recordedAt"
     FROM ops.objects WHERE pipeline = $1 AND outcome = 'quarantined' ORDER BY recorded_at, key`,
    [pipeline],
  );
}

/** Which object, for a person's decision. */
export type ObjectName = Pick<ObjectIdentity, 'key' | 'etag'> & {
  readonly pipeline: string;
  readonly stream: string;
};

/** A person has a quarantined object read again, by the next run. @returns false when it is not in quarantine. */
export function releaseObject(ledger: Ledger, name: ObjectName, who: string): Promise<boolean> {
  return decide(ledger, name, who, 'released', 'DELETE FROM ops.objects');
}

/** A person gives a quarantined object up. @returns false when it is not in quarantine. */
export function discardObject(ledger: Ledger, name: ObjectName, who: string): Promise<boolean> {
  return decide(
    ledger,
    name,
    who,
    'discarded',
    `UPDATE ops.objects SET outcome = 'discarded', closed_by = $5`,
  );
}

function decide(
  ledger: Ledger,
  name: ObjectName,
  who: string,
  verb: string,
  change: string,
): Promise<boolean> {
  const { pipeline, stream, key, etag } = name;
  return withTransaction(ledger, async (tx) => {
    const changed = await tx.rows(
      `${change} WHERE pipeline = $1 AND stream = $2 AND key = $3 AND etag = $4 AND outcome = 'quarantined'
         AND $5::text IS NOT NULL RETURNING key`,
      [pipeline, stream, key, etag, who],
    );
    if (changed.length === 0) return false;
    await recordEvent(tx, {
      level: 'info',
      type: `object.${verb}`,
      pipeline,
      facts: { stream, key, etag, who },
    });
    return true;
  });
}
