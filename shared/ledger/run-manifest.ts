import type { Queryable } from './queryable.ts';

/** What a run did to one slice. Counts only. */
export type SliceReport = {
  readonly stream: string;
  readonly slice: string;
  /** Status of its extract task, then what became of its window. */
  readonly status: string;
  readonly window: string | null;
  readonly rows: number;
  readonly rejectedRows: number;
  readonly nullCursorRows: number;
  readonly heldBackMs: number;
  readonly heldBackBy: string | null;
  /** A transaction that began below a bound already given out: its rows may have been skipped. */
  readonly beganBelowBound: string | null;
  readonly quarantinedFiles: number;
  /** Integer microseconds (or the integer itself) as text; null before the first load. */
  readonly watermark: string | null;
  /** Entities (e.g. devices) expected and answered, where its source counts them. */
  readonly expected: number | null;
  readonly answered: number | null;
  /** Calls to its source by way, and what went wrong on the way by code, retried or not. */
  readonly callsByWay: Readonly<Record<string, number>> | null;
  readonly errors: Readonly<Record<string, number>> | null;
  readonly bytes: number;
  readonly durationMs: number | null;
  /** Why it came only in part, as its source says; null when whole. */
  readonly incomplete: string | null;
  /** Why it is missing or stale: an error's code and message, or null. */
  readonly reason: string | null;
};

/** Every slice of a run with what it brought, in order of stream and slice. */
export function sliceReports(ledger: Queryable, runId: string): Promise<SliceReport[]> {
  return ledger.rows<SliceReport>(
    `SELECT t.stream, t.slice, t.status, w.status AS window,
       coalesce(w.row_count, 0)::float8 AS rows, coalesce(w.rejected_rows, 0)::float8 AS "rejectedRows",
       coalesce(w.null_cursor_rows, 0)::float8 AS "nullCursorRows",
       coalesce(w.held_back_ms, (t.result ->> 'heldBackMs')::float8, 0)::float8 AS "heldBackMs",
       coalesce(w.held_back_by, t.result ->> 'heldBackBy') AS "heldBackBy",
       t.result ->> 'beganBelowBound' AS "beganBelowBound",
       coalesce(q.files, 0)::int AS "quarantinedFiles", m.cursor::text AS watermark,
       (t.result ->> 'expected')::float8 AS expected, (t.result ->> 'answered')::float8 AS answered,
       t.result -> 'callsByWay' AS "callsByWay", t.result -> 'errors' AS errors,
       coalesce((t.result ->> 'bytes')::float8, 0) AS bytes,
       (extract(epoch FROM t.finished_at - t.started_at) * 1000)::float8 AS "durationMs",
       t.result ->> 'incomplete' AS incomplete, t.error ->> 'message' AS reason
     FROM ops.tasks t
     LEFT JOIN LATERAL (
       SELECT * FROM ops.windows w WHERE w.task_id = t.task_id ORDER BY w.window_id DESC LIMIT 1
     ) w ON true
     LEFT JOIN (
       SELECT pipeline, stream, slice, count(DISTINCT file_id) AS files FROM (
         SELECT pipeline, stream, slice, file_id FROM ops.files WHERE state = 'quarantined'
         UNION ALL
         SELECT f.pipeline, f.stream, w.slice, f.file_id FROM ops.files f
         JOIN ops.file_slices s USING (file_id) JOIN ops.windows w ON w.window_id = s.window_id WHERE f.state = 'quarantined'
       ) held GROUP BY pipeline, stream, slice
     ) q ON q.pipeline = t.pipeline AND q.stream = t.stream AND q.slice = t.slice
     LEFT JOIN ops.watermarks m ON m.pipeline = t.pipeline AND m.stream = t.stream AND m.slice = t.slice
     WHERE t.run_id = $1 AND t.kind = 'extract' ORDER BY t.stream, t.slice`,
    [runId],
  );
}

/** What a run built, newest attempt of each model. */
export type ModelReport = {
  readonly model: string;
  readonly layer: string;
  readonly status: string;
  readonly rows: number | null;
  readonly durationMs: number | null;
  readonly reason: string | null;
};

/** Every model of a run as its last attempt left it. */
export function modelReports(ledger: Queryable, runId: string): Promise<ModelReport[]> {
  return ledger.rows<ModelReport>(
    `SELECT DISTINCT ON (model) model, layer, status, rows_affected::float8 AS rows,
       (extract(epoch FROM finished_at - started_at) * 1000)::float8 AS "durationMs",
       error ->> 'message' AS reason
     FROM ops.model_runs WHERE run_id = $1 ORDER BY model, model_run_id DESC`,
    [runId],
  );
}

/** Tests of a run that did not pass, newest attempt of each. Counts of rows only. */
export type TestReport = {
  readonly model: string;
  readonly test: string;
  readonly stage: string;
  readonly severity: string;
  readonly status: string;
  readonly failingRows: number | null;
};

/** Tests of a run counted, and those that did not pass. */
export async function testReports(
  ledger: Queryable,
  runId: string,
): Promise<{ readonly passed: number; readonly notPassed: TestReport[] }> {
  const rows = await ledger.rows<TestReport>(
    `SELECT DISTINCT ON (model, test, stage) model, test, stage, severity, status, failing_rows::float8 AS "failingRows"
     FROM ops.test_results WHERE run_id = $1 ORDER BY model, test, stage, test_result_id DESC`,
    [runId],
  );
  return {
    passed: rows.filter((row) => row.status === 'pass').length,
    notPassed: rows.filter((row) => row.status !== 'pass'),
  };
}
