-- Grain: one row per unit of work of a run. Key: task_id; (run_id, kind, stream, slice).
-- States: pending <-> queued -> running -> succeeded | no_changes | failed | skipped | cancelled; running -> pending
-- (retry, drain, lost lease). pending | queued -> skipped | cancelled. Final -> pending only by an explicit retry.
-- `attempt` rises with every claim and fences the writes of earlier claims; it never falls.

CREATE TABLE ops.tasks (
  task_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id        text NOT NULL REFERENCES ops.runs,
  kind          text NOT NULL CHECK (kind IN ('extract', 'load', 'merge', 'models', 'noop')),
  pipeline      text NOT NULL CHECK (pipeline <> ''),
  stream        text NOT NULL DEFAULT '',
  slice         text NOT NULL DEFAULT '',
  shard         text NOT NULL DEFAULT 'main' CHECK (shard <> ''),
  status        text NOT NULL DEFAULT 'pending' CHECK (status IN
                  ('pending', 'queued', 'running', 'succeeded', 'no_changes', 'failed', 'skipped', 'cancelled')),
  attempt       integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  generation    integer NOT NULL DEFAULT 0 CHECK (generation >= 0),
  retries       integer NOT NULL DEFAULT 0 CHECK (retries >= 0),
  max_attempts  integer NOT NULL DEFAULT 5 CHECK (max_attempts > 0),
  failures      integer NOT NULL DEFAULT 0,
  lost_leases   integer NOT NULL DEFAULT 0 CHECK (lost_leases >= 0),
  expected_cost double precision NOT NULL DEFAULT 0 CHECK (expected_cost >= 0),
  not_before    timestamptz,
  owner         text,
  lease_until   timestamptz,
  job_id        text,
  enqueued_at   timestamptz,
  started_at    timestamptz,
  finished_at   timestamptz,
  error         jsonb,
  result        jsonb,
  CONSTRAINT tasks_one_per_unit UNIQUE (run_id, kind, stream, slice),
  CONSTRAINT tasks_failures_within_budget CHECK (failures BETWEEN 0 AND max_attempts),
  CONSTRAINT tasks_owner_iff_running CHECK ((owner IS NOT NULL) = (status = 'running')),
  CONSTRAINT tasks_lease_iff_running CHECK ((lease_until IS NOT NULL) = (status = 'running')),
  CONSTRAINT tasks_running_was_claimed CHECK (status <> 'running' OR (attempt > 0 AND started_at IS NOT NULL)),
  CONSTRAINT tasks_job_when_queued CHECK (status NOT IN ('queued', 'running') OR job_id IS NOT NULL),
  CONSTRAINT tasks_finished_iff_final CHECK
    ((finished_at IS NOT NULL) = (status NOT IN ('pending', 'queued', 'running'))),
  CONSTRAINT tasks_error_when_failed CHECK (status <> 'failed' OR error IS NOT NULL)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);

-- Overlap is impossible, not merely avoided: no lock of a process is involved.
CREATE UNIQUE INDEX tasks_one_running_extract ON ops.tasks (pipeline, stream, slice)
  WHERE kind = 'extract' AND status = 'running';
CREATE UNIQUE INDEX tasks_one_running_merge ON ops.tasks (pipeline, stream)
  WHERE kind = 'merge' AND status = 'running';
CREATE UNIQUE INDEX tasks_one_running_models ON ops.tasks (pipeline)
  WHERE kind = 'models' AND status = 'running';

-- Open, by a predicate that no look-up of a task by its id implies: while the table is young the planner would prefer walking
-- this whole index to one probe of the primary key, and keep that plan when there are 50,000 tasks.
CREATE INDEX tasks_open ON ops.tasks (run_id) WHERE finished_at IS NULL;
-- What the queue is filled from: walked run by run, so that 50,000 waiting tasks are never sorted.
CREATE INDEX tasks_pending ON ops.tasks (run_id, kind, shard, expected_cost, task_id) WHERE status = 'pending';
-- The barrier asks which statuses there are per stream; it skips through this from one to the next.
CREATE INDEX tasks_states ON ops.tasks (run_id, kind, stream, status);
CREATE INDEX tasks_queued ON ops.tasks (kind, shard, enqueued_at) WHERE status = 'queued';
CREATE INDEX tasks_leases ON ops.tasks (lease_until) WHERE lease_until IS NOT NULL;

CREATE FUNCTION ops.check_new_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM inserted WHERE status <> 'pending' OR attempt <> 0 OR generation <> 0 OR retries <> 0
               OR failures <> 0) THEN
    RAISE EXCEPTION 'a task begins as pending' USING ERRCODE = 'PN001', CONSTRAINT = 'tasks_begin_pending';
  END IF;
  -- The share lock waits for a run that is being closed, so that none closes with an open task.
  PERFORM FROM ops.runs r WHERE r.run_id IN (SELECT i.run_id FROM inserted i) ORDER BY r.run_id FOR SHARE;
  IF EXISTS (SELECT FROM ops.runs r WHERE r.run_id IN (SELECT i.run_id FROM inserted i)
               AND r.status NOT IN ('queued', 'running')) THEN
    RAISE EXCEPTION 'a closed run takes no tasks' USING ERRCODE = 'PN003', CONSTRAINT = 'tasks_of_open_run';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER tasks_born AFTER INSERT ON ops.tasks
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION ops.check_new_tasks();

CREATE FUNCTION ops.refuse_task_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what a task is never changes' USING ERRCODE = 'PN002', CONSTRAINT = 'tasks_identity';
END $$;

CREATE TRIGGER tasks_identity BEFORE UPDATE OF run_id, kind, pipeline, stream, slice, shard ON ops.tasks
  FOR EACH ROW WHEN ((NEW.run_id, NEW.kind, NEW.pipeline, NEW.stream, NEW.slice, NEW.shard)
    IS DISTINCT FROM (OLD.run_id, OLD.kind, OLD.pipeline, OLD.stream, OLD.slice, OLD.shard))
  EXECUTE FUNCTION ops.refuse_task_identity();

CREATE FUNCTION ops.check_task_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  legal boolean;
BEGIN
  legal := CASE OLD.status
    WHEN 'pending' THEN NEW.status IN ('pending', 'queued', 'running', 'skipped', 'cancelled')
    WHEN 'queued' THEN NEW.status IN ('queued', 'pending', 'running', 'skipped', 'cancelled')
    WHEN 'running' THEN NEW.status <> 'queued'
    ELSE NEW.status = OLD.status OR (NEW.status = 'pending' AND NEW.retries = OLD.retries + 1)
  END;
  -- A claim, and nothing else, raises the attempt; a job id is born, and only then, with a new generation.
  legal := legal
    AND NEW.retries = OLD.retries + CASE
      WHEN NEW.status = 'pending' AND OLD.status NOT IN ('pending', 'queued', 'running') THEN 1 ELSE 0 END
    AND CASE
      WHEN NEW.status = 'running' AND OLD.status <> 'running' THEN NEW.attempt = OLD.attempt + 1
      WHEN NEW.status = 'running' THEN NEW.attempt IN (OLD.attempt, OLD.attempt + 1)
      ELSE NEW.attempt = OLD.attempt END
    AND NEW.generation = OLD.generation + CASE
      WHEN NEW.status = 'queued' AND OLD.status = 'pending' THEN 1 ELSE 0 END
    AND (NEW.failures >= OLD.failures OR NEW.retries > OLD.retries);
  IF NOT legal THEN
    RAISE EXCEPTION 'a task cannot go from % (attempt %) to % (attempt %)',
      OLD.status, OLD.attempt, NEW.status, NEW.attempt
      USING ERRCODE = 'PN001', CONSTRAINT = 'tasks_status_move';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER tasks_status_move BEFORE UPDATE ON ops.tasks
  FOR EACH ROW WHEN (OLD.status <> NEW.status OR OLD.attempt <> NEW.attempt OR OLD.generation <> NEW.generation
    OR OLD.retries <> NEW.retries OR OLD.failures <> NEW.failures)
  EXECUTE FUNCTION ops.check_task_move();
