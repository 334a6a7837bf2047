-- source_freshness: one row per measured source table and attempt.

CREATE TABLE ops.source_freshness (
  source_freshness_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id        text NOT NULL REFERENCES ops.runs,
  task_id       bigint NOT NULL REFERENCES ops.tasks,
  attempt       integer NOT NULL CHECK (attempt > 0),
  pipeline      text NOT NULL,
  source        text NOT NULL CHECK (source <> ''),
  status        text NOT NULL CHECK (status IN ('pass', 'warn', 'error', 'unknown')),
  max_loaded_at timestamptz,
  age_seconds   double precision,
  error         jsonb,
  measured_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT source_freshness_once_per_attempt UNIQUE (task_id, attempt, source),
  CONSTRAINT source_freshness_error_when_unknown CHECK ((error IS NOT NULL) = (status = 'unknown'))
);

CREATE INDEX source_freshness_by_run ON ops.source_freshness (run_id);
CREATE INDEX source_freshness_by_source ON ops.source_freshness (pipeline, source, source_freshness_id DESC);
