-- What operating the platform leaves behind: events, dead letters, processes, temp tables, paused schedules.

CREATE TABLE ops.events (
  event_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  level    text NOT NULL CHECK (level IN ('info', 'warn', 'error')),
  type     text NOT NULL CHECK (type <> ''),
  pipeline text,
  run_id   text REFERENCES ops.runs,
  task_id  bigint REFERENCES ops.tasks,
  facts    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(facts) = 'object')
);

CREATE INDEX events_by_run ON ops.events (run_id, event_id) WHERE run_id IS NOT NULL;
CREATE INDEX events_by_task ON ops.events (task_id) WHERE task_id IS NOT NULL;
CREATE INDEX events_by_time ON ops.events (at);

CREATE TABLE ops.dead_letters (
  dead_letter_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at             timestamptz NOT NULL DEFAULT clock_timestamp(),
  queue          text NOT NULL,
  job_name       text NOT NULL,
  job_id         text NOT NULL,
  code           text NOT NULL CHECK (code <> ''),
  facts          jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(facts) = 'object'),
  resolved_at    timestamptz,
  resolved_by    text,
  CONSTRAINT dead_letters_once UNIQUE (queue, job_id, code),
  CONSTRAINT dead_letters_resolved_by_someone CHECK ((resolved_at IS NULL) = (resolved_by IS NULL))
);

CREATE INDEX dead_letters_open ON ops.dead_letters (dead_letter_id) WHERE resolved_at IS NULL;

CREATE TABLE ops.processes (
  process_id   text PRIMARY KEY CHECK (process_id <> ''),
  service      text NOT NULL,
  host         text NOT NULL,
  pid          integer NOT NULL,
  started_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  heartbeat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at     timestamptz
);

CREATE INDEX processes_alive ON ops.processes (heartbeat_at) WHERE ended_at IS NULL;

-- Keys: relation (as `schema.name`, deterministic). A temp table outlives neither its run nor its attempt.
CREATE TABLE ops.temp_tables (
  relation   text PRIMARY KEY CHECK (relation <> ''),
  pipeline   text NOT NULL,
  stream     text NOT NULL,
  run_id     text NOT NULL REFERENCES ops.runs,
  task_id    bigint NOT NULL REFERENCES ops.tasks,
  attempt    integer NOT NULL CHECK (attempt > 0),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  dropped_at timestamptz
);

CREATE INDEX temp_tables_by_run ON ops.temp_tables (run_id);
CREATE INDEX temp_tables_by_task ON ops.temp_tables (task_id);
CREATE INDEX temp_tables_there ON ops.temp_tables (pipeline, stream) WHERE dropped_at IS NULL;

CREATE TABLE ops.schedule_state (
  pipeline   text NOT NULL,
  schedule   text NOT NULL,
  paused     boolean NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  changed_by text NOT NULL,
  PRIMARY KEY (pipeline, schedule)
);
