-- Grain: one row per execution of a pipeline for a logical time.
-- Keys: run_id (deterministic); (pipeline, schedule, logical_time) for scheduled runs; (pipeline, idempotency_key).
-- States: queued -> running -> succeeded | no_changes | partial | failed | cancelled; queued -> failed | cancelled.
-- A final run opens again only by an explicit retry, which raises `retries`.

CREATE TABLE ops.runs (
  run_id              text PRIMARY KEY CHECK (run_id ~ '^[A-Za-z0-9_-]{1,63}$'),
  pipeline            text NOT NULL CHECK (pipeline <> ''),
  schedule            text CHECK (schedule <> ''),
  kind                text NOT NULL CHECK (kind IN ('scheduled', 'manual', 'backfill', 'replay', 'full_refresh')),
  logical_time        timestamptz NOT NULL,
  as_of               date NOT NULL,
  ingestion_date      date NOT NULL,
  streams             text[] NOT NULL,
  layers              text[] NOT NULL,
  status              text NOT NULL DEFAULT 'queued' CHECK (status IN
                        ('queued', 'running', 'succeeded', 'no_changes', 'partial', 'failed', 'cancelled')),
  retries             integer NOT NULL DEFAULT 0 CHECK (retries >= 0),
  requested_by        text NOT NULL,
  requested_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  started_at          timestamptz,
  finished_at         timestamptz,
  cancel_requested_at timestamptz,
  idempotency_key     text,
  folded_times        timestamptz[] NOT NULL DEFAULT '{}',
  params              jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(params) = 'object'),
  manifest            jsonb,
  error               jsonb,
  CONSTRAINT runs_schedule_iff_scheduled CHECK ((kind = 'scheduled') = (schedule IS NOT NULL)),
  CONSTRAINT runs_finished_iff_final CHECK ((finished_at IS NOT NULL) = (status NOT IN ('queued', 'running'))),
  CONSTRAINT runs_started_when_running CHECK (status <> 'running' OR started_at IS NOT NULL),
  CONSTRAINT runs_manifest_when_green CHECK (status NOT IN ('succeeded', 'no_changes', 'partial') OR manifest IS NOT NULL)
);

CREATE UNIQUE INDEX runs_one_per_due_time ON ops.runs (pipeline, schedule, logical_time) WHERE schedule IS NOT NULL;
CREATE UNIQUE INDEX runs_one_per_idempotency_key ON ops.runs (pipeline, idempotency_key);
-- Folding: a due time that arrives while a run of its schedule is open finds this index.
CREATE UNIQUE INDEX runs_one_open_per_schedule ON ops.runs (pipeline, schedule)
  WHERE schedule IS NOT NULL AND status IN ('queued', 'running');
CREATE INDEX runs_open ON ops.runs (requested_at, run_id) WHERE status IN ('queued', 'running');
CREATE INDEX runs_by_pipeline ON ops.runs (pipeline, requested_at DESC, run_id DESC);
CREATE INDEX runs_by_time ON ops.runs (requested_at DESC, run_id DESC);
CREATE INDEX runs_finished ON ops.runs (finished_at) WHERE finished_at IS NOT NULL;

CREATE FUNCTION ops.refuse_run_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a run begins as queued' USING ERRCODE = 'PN001', CONSTRAINT = 'runs_begin_queued';
END $$;

CREATE TRIGGER runs_begin_queued BEFORE INSERT ON ops.runs
  FOR EACH ROW WHEN (NEW.status <> 'queued' OR NEW.retries <> 0) EXECUTE FUNCTION ops.refuse_run_birth();

CREATE FUNCTION ops.check_run_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.run_id, NEW.pipeline, NEW.kind, NEW.logical_time, NEW.as_of, NEW.ingestion_date)
     IS DISTINCT FROM (OLD.run_id, OLD.pipeline, OLD.kind, OLD.logical_time, OLD.as_of, OLD.ingestion_date)
     OR NEW.schedule IS DISTINCT FROM OLD.schedule THEN
    RAISE EXCEPTION 'what a run is never changes' USING ERRCODE = 'PN002', CONSTRAINT = 'runs_identity';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runs_identity
  BEFORE UPDATE OF run_id, pipeline, schedule, kind, logical_time, as_of, ingestion_date ON ops.runs
  FOR EACH ROW EXECUTE FUNCTION ops.check_run_identity();

CREATE FUNCTION ops.check_run_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  legal boolean;
  was_final boolean := OLD.status NOT IN ('queued', 'running');
BEGIN
  legal := CASE
    WHEN OLD.status = NEW.status THEN NEW.retries = OLD.retries
    WHEN OLD.status = 'queued' THEN NEW.retries = OLD.retries AND NEW.status IN ('running', 'failed', 'cancelled')
    WHEN OLD.status = 'running' THEN NEW.retries = OLD.retries AND NEW.status <> 'queued'
    ELSE NEW.status = 'running' AND NEW.retries = OLD.retries + 1
  END;
  IF NOT legal THEN
    RAISE EXCEPTION 'a run cannot go from % to %', OLD.status, NEW.status
      USING ERRCODE = 'PN001', CONSTRAINT = 'runs_status_move';
  END IF;
  IF NOT was_final AND NEW.status NOT IN ('queued', 'running') AND EXISTS (
       SELECT FROM ops.tasks t WHERE t.run_id = NEW.run_id AND t.finished_at IS NULL) THEN
    RAISE EXCEPTION 'a run with open tasks cannot be closed'
      USING ERRCODE = 'PN003', CONSTRAINT = 'runs_closed_without_open_tasks';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER runs_status_move BEFORE UPDATE ON ops.runs
  FOR EACH ROW WHEN (OLD.status <> NEW.status OR OLD.retries <> NEW.retries) EXECUTE FUNCTION ops.check_run_move();
