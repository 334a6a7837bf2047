-- model_runs: one row per model and attempt. running -> succeeded | failed | skipped.
-- model_versions: one row per published model; version rises by one with every publication.
-- test_results: one row per test and attempt.

CREATE TABLE ops.model_runs (
  model_run_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id          text NOT NULL REFERENCES ops.runs,
  task_id         bigint NOT NULL REFERENCES ops.tasks,
  attempt         integer NOT NULL CHECK (attempt > 0),
  pipeline        text NOT NULL,
  model           text NOT NULL CHECK (model <> ''),
  layer           text NOT NULL,
  materialization text NOT NULL,
  status          text NOT NULL CHECK (status IN ('running', 'succeeded', 'failed', 'skipped')),
  sql_checksum    text,
  as_of           date,
  input_versions  jsonb NOT NULL DEFAULT '{}',
  rows_affected   bigint CHECK (rows_affected >= 0),
  started_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at     timestamptz,
  error           jsonb,
  CONSTRAINT model_runs_once_per_attempt UNIQUE (task_id, attempt, model),
  CONSTRAINT model_runs_finished_iff_final CHECK ((finished_at IS NOT NULL) = (status <> 'running')),
  CONSTRAINT model_runs_error_when_failed CHECK (status <> 'failed' OR error IS NOT NULL)
);

CREATE INDEX model_runs_by_run ON ops.model_runs (run_id);
CREATE INDEX model_runs_by_model ON ops.model_runs (pipeline, model, model_run_id DESC);

CREATE FUNCTION ops.check_model_run_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a model run that is % stays so', OLD.status
    USING ERRCODE = 'PN001', CONSTRAINT = 'model_runs_status_move';
END $$;

CREATE TRIGGER model_runs_move BEFORE UPDATE ON ops.model_runs
  FOR EACH ROW WHEN (OLD.status <> 'running') EXECUTE FUNCTION ops.check_model_run_move();

CREATE TABLE ops.model_versions (
  pipeline       text NOT NULL,
  model          text NOT NULL CHECK (model <> ''),
  version        bigint NOT NULL CHECK (version > 0),
  input_versions jsonb NOT NULL,
  sql_checksum   text NOT NULL,
  as_of          date,
  run_id         text NOT NULL REFERENCES ops.runs,
  published_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (pipeline, model)
);

CREATE INDEX model_versions_by_run ON ops.model_versions (run_id);

CREATE FUNCTION ops.check_model_version_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a model version rises by one' USING ERRCODE = 'PN004', CONSTRAINT = 'model_versions_forward';
END $$;

CREATE TRIGGER model_versions_forward BEFORE UPDATE ON ops.model_versions
  FOR EACH ROW WHEN (NEW.version <> OLD.version + 1) EXECUTE FUNCTION ops.check_model_version_move();

CREATE TABLE ops.test_results (
  test_result_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id         text NOT NULL REFERENCES ops.runs,
  task_id        bigint NOT NULL REFERENCES ops.tasks,
  attempt        integer NOT NULL CHECK (attempt > 0),
  pipeline       text NOT NULL,
  model          text NOT NULL,
  test           text NOT NULL CHECK (test <> ''),
  stage          text NOT NULL,
  severity       text NOT NULL CHECK (severity IN ('error', 'warn')),
  blocking       boolean NOT NULL,
  status         text NOT NULL CHECK (status IN ('pass', 'warn', 'fail', 'error', 'skipped')),
  failing_rows   bigint CHECK (failing_rows >= 0),
  duration_ms    integer CHECK (duration_ms >= 0),
  error          jsonb,
  tested_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT test_results_once_per_attempt UNIQUE (task_id, attempt, stage, model, test)
);

CREATE INDEX test_results_by_run ON ops.test_results (run_id);
CREATE INDEX test_results_by_model ON ops.test_results (pipeline, model, test, test_result_id DESC);
