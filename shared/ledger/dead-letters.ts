import { type JsonObject, jsonParam } from './json.ts';
import type { Queryable } from './queryable.ts';

/** A job that cannot be worked on, kept where people see it. */
export interface NewDeadLetter {
  readonly queue: string;
  readonly jobName: string;
  readonly jobId: string;
  /** Code of the error that says why. */
  readonly code: string;
  /** Paths and codes of what does not fit; never the payload itself. */
  readonly facts?: JsonObject;
}

export interface DeadLetter extends Required<NewDeadLetter> {
  readonly deadLetterId: string;
  readonly at: string;
  readonly resolvedAt: string | null;
  readonly resolvedBy: string | null;
}

/** Records a dead letter. The same job for the same reason is one letter, however often it is delivered. */
export async function recordDeadLetter(ledger: Queryable, letter: NewDeadLetter): Promise<void> {
  await ledger.rows(
    `INSERT INTO ops.dead_letters (queue, job_name, job_id, code, facts) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (queue, job_id, code) DO NOTHING`,
    [letter.queue, letter.jobName, letter.jobId, letter.code, jsonParam(letter.facts ?? {})],
  );
}

/** Letters nobody has dealt with, oldest first. */
export function openDeadLetters(ledger: Queryable, limit = 200): Promise<DeadLetter[]> {
  return ledger.rows<DeadLetter & Record<string, unknown>>(
    `SELECT dead_letter_id AS "deadLetterId", at, queue, job_name AS "jobName", job_id AS "jobId", code, facts,
       resolved_at AS "resolvedAt", resolved_by AS "resolvedBy"
     FROM ops.dead_letters WHERE resolved_at IS NULL ORDER BY ops.dead_letters.dead_letter_id LIMIT $1`,
    [limit],
  );
}

/** Marks a letter as dealt with. Says whether it was open. */
export async function resolveDeadLetter(
  ledger: Queryable,
  deadLetterId: string,
  who: string,
): Promise<boolean> {
  const rows = await ledger.rows(
    `UPDATE ops.dead_letters SET resolved_at = clock_timestamp(), resolved_by = $2
     WHERE dead_letter_id = $1 AND resolved_at IS NULL RETURNING dead_letter_id`,
    [deadLetterId, who],
  );
  return rows.length > 0;
}
