import { type JsonObject, jsonParam } from './json.ts';
import type { Queryable } from './queryable.ts';

export interface NewEvent {
  readonly level: 'info' | 'warn' | 'error';
  /** Dotted, stable: `run.closed`, `file.quarantined`. */
  readonly type: string;
  readonly pipeline?: string;
  readonly runId?: string;
  readonly taskId?: string;
  /** Never row values, keys or secrets. */
  readonly facts?: JsonObject;
}

export interface LedgerEvent {
  readonly eventId: string;
  readonly at: string;
  readonly level: NewEvent['level'];
  readonly type: string;
  readonly pipeline: string | null;
  readonly runId: string | null;
  readonly taskId: string | null;
  readonly facts: JsonObject;
}

/** Records what happened. Not guarded: an event says what was seen, also by an attempt that lost its task. */
export async function recordEvent(ledger: Queryable, event: NewEvent): Promise<void> {
  await ledger.rows(
    'INSERT INTO ops.events (level, type, pipeline, run_id, task_id, facts) VALUES ($1, $2, $3, $4, $5, $6)',
    [
      event.level,
      event.type,
      event.pipeline ?? null,
      event.runId ?? null,
      event.taskId ?? null,
      jsonParam(event.facts ?? {}),
    ],
  );
}

export interface EventFilter {
  readonly runId?: string;
  readonly type?: string;
  /** Only events after this id, for following a run live. */
  readonly after?: string;
  /** Default 200. */
  readonly limit?: number;
}

/** Events in the order they were recorded. */
export function listEvents(ledger: Queryable, filter: EventFilter = {}): Promise<LedgerEvent[]> {
  return ledger.rows<LedgerEvent & Record<string, unknown>>(
    `SELECT event_id AS "eventId", at, level, type, pipeline, run_id AS "runId", task_id AS "taskId", facts
     FROM ops.events WHERE ($1::text IS NULL OR run_id = $1) AND ($2::text IS NULL OR type = $2)
       AND ($3::bigint IS NULL OR event_id > $3) ORDER BY event_id LIMIT $4`,
    [filter.runId ?? null, filter.type ?? null, filter.after ?? null, filter.limit ?? 200],
  );
}
