-- What sources of many slices need: their slices, files that hold several, how each slice stands, what was dropped.

ALTER TABLE ops.tasks DROP CONSTRAINT tasks_kind_check;
ALTER TABLE ops.tasks ADD CONSTRAINT tasks_kind_check
  CHECK (kind IN ('discover', 'extract', 'load', 'merge', 'models', 'noop'));

-- slices: one row per slice a source ever listed. Keys: pipeline, source, slice (`<shard>/<id>`).
CREATE TABLE ops.slices (
  pipeline      text NOT NULL CHECK (pipeline <> ''),
  source        text NOT NULL CHECK (source <> ''),
  slice         text NOT NULL CHECK (slice <> ''),
  shard         text NOT NULL CHECK (shard <> ''),
  entities      bigint CHECK (entities >= 0),
  first_listed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_listed_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  gone_at       timestamptz,  -- since when the source lists it no more
  PRIMARY KEY (pipeline, source, slice)
);

CREATE INDEX slices_by_shard ON ops.slices (pipeline, source, shard);

-- file_slices: which windows a file holds rows of, when it holds several. Such a file has the slice `*` and hangs on
-- the window of its first slice; all its windows land in one transaction, or none does.
CREATE TABLE ops.file_slices (
  file_id   bigint NOT NULL REFERENCES ops.files,
  window_id bigint NOT NULL REFERENCES ops.windows,
  row_count bigint NOT NULL CHECK (row_count >= 0),
  PRIMARY KEY (file_id, window_id)
);

CREATE INDEX file_slices_by_window ON ops.file_slices (window_id);

CREATE OR REPLACE FUNCTION ops.check_new_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM inserted WHERE state <> 'landed' OR place <> 'landing' OR moving_to IS NOT NULL) THEN
    RAISE EXCEPTION 'a file begins as landed' USING ERRCODE = 'PN001', CONSTRAINT = 'files_begin_landed';
  END IF;
  IF EXISTS (SELECT FROM inserted i JOIN ops.windows w USING (window_id) WHERE w.status <> 'open'
               OR (i.run_id, i.pipeline, i.stream) IS DISTINCT FROM (w.run_id, w.pipeline, w.stream)
               OR i.slice NOT IN (w.slice, '*')) THEN
    RAISE EXCEPTION 'only an open window takes files of its own slice'
      USING ERRCODE = 'PN003', CONSTRAINT = 'files_of_open_window';
  END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION ops.check_new_file_slices() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM inserted i JOIN ops.files f USING (file_id) JOIN ops.windows w ON w.window_id = i.window_id
             WHERE f.slice <> '*' OR w.status <> 'open'
               OR (f.run_id, f.pipeline, f.stream) IS DISTINCT FROM (w.run_id, w.pipeline, w.stream)) THEN
    RAISE EXCEPTION 'a file of several slices holds rows of open windows of its own run and stream'
      USING ERRCODE = 'PN003', CONSTRAINT = 'file_slices_of_open_windows';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER file_slices_born AFTER INSERT ON ops.file_slices
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION ops.check_new_file_slices();

CREATE OR REPLACE FUNCTION ops.check_new_rejects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM inserted i JOIN ops.files f USING (file_id) JOIN ops.windows w ON w.window_id = i.window_id
             WHERE NOT f.is_rejects OR i.status <> 'rejected' OR w.status <> 'open'
               OR (f.window_id <> i.window_id AND NOT EXISTS (
                 SELECT FROM ops.file_slices s WHERE s.file_id = f.file_id AND s.window_id = i.window_id))) THEN
    RAISE EXCEPTION 'a reject is listed under a rejects file of its own, still open window'
      USING ERRCODE = 'PN003', CONSTRAINT = 'rejects_of_rejects_file';
  END IF;
  RETURN NULL;
END $$;

-- slice_status: how each slice of each stream stands after the last run that concerned it. What dashboards join.
--   fresh: all of it is in bronze. incomplete: it came, but not whole. stale: it came before, not this time.
--   missing: it never came. gone: its source lists it no more.
CREATE TABLE ops.slice_status (
  pipeline          text NOT NULL,
  stream            text NOT NULL,
  slice             text NOT NULL,
  shard             text NOT NULL,
  run_id            text NOT NULL, -- no foreign key: it outlives the runs that retention purges
  status            text NOT NULL CHECK (status IN ('fresh', 'incomplete', 'stale', 'missing', 'gone')),
  code              text,
  reason            text,
  last_attempt_at   timestamptz NOT NULL,
  last_success_at   timestamptz,
  expected_entities bigint CHECK (expected_entities >= 0),
  answered_entities bigint CHECK (answered_entities >= 0),
  newest_event_at   timestamptz,
  last_calls        double precision CHECK (last_calls >= 0), -- what the order of tasks is computed from
  updated_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (pipeline, stream, slice),
  CONSTRAINT slice_status_reason_iff_not_fresh CHECK ((status = 'fresh') = (reason IS NULL)),
  CONSTRAINT slice_status_missing_never_came CHECK (status <> 'missing' OR last_success_at IS NULL)
);

CREATE INDEX slice_status_not_fresh ON ops.slice_status (pipeline, stream) WHERE status <> 'fresh';

-- dropped_keys: what a run left out because its contract does not name it. A key's name only when it looks like a name and
-- was seen for at least 100 entities; otherwise a count under its parent.
CREATE TABLE ops.dropped_keys (
  run_id      text NOT NULL REFERENCES ops.runs,
  pipeline    text NOT NULL,
  stream      text NOT NULL,
  parent      text NOT NULL,
  key         text NOT NULL DEFAULT '',
  entities    bigint NOT NULL CHECK (entities >= 0),
  occurrences bigint NOT NULL CHECK (occurrences >= 0),
  process_id  text NOT NULL, -- who counted: each process replaces its own counts as they grow
  PRIMARY KEY (run_id, stream, parent, key, process_id),
  CONSTRAINT dropped_keys_named_when_common CHECK (key = '' OR (key ~ '^[A-Za-z_][A-Za-z0-9_]{0,63}$' AND entities >= 100))
);

-- source_choices: coarse endpoints known to be missing, so that they are not tried a thousand times.
CREATE TABLE ops.source_choices (
  pipeline text NOT NULL,
  stream   text NOT NULL,
  slice    text NOT NULL,
  way      text NOT NULL CHECK (way IN ('coarse', 'fine')),
  until    timestamptz NOT NULL,
  chosen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (pipeline, stream, slice)
);

-- What a source declares of its age, with each measurement: the scheduler judges it anew as time goes by.
ALTER TABLE ops.source_freshness
  ADD COLUMN warn_after_seconds double precision CHECK (warn_after_seconds >= 0),
  ADD COLUMN error_after_seconds double precision CHECK (error_after_seconds >= 0);

-- freshness_states: how old each source is now, and since when it is so. Keys: pipeline, source.
--   suspended: old enough to warn of, but the run that brings it is under way and within its usual duration.
CREATE TABLE ops.freshness_states (
  pipeline      text NOT NULL,
  source        text NOT NULL,
  state         text NOT NULL CHECK (state IN ('pass', 'suspended', 'warn', 'error', 'unknown')),
  max_loaded_at timestamptz,
  since         timestamptz NOT NULL DEFAULT clock_timestamp(),
  judged_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (pipeline, source)
);

-- rate_buckets: one row per rate limit; see shared/rate-limit. A crash that empties it gives out one burst more.
CREATE UNLOGGED TABLE ops.rate_buckets (
  key            text PRIMARY KEY,
  full_at_micros bigint NOT NULL, -- when the bucket is full again
  granted        bigint NOT NULL  -- points the last asker got
) WITH (fillfactor = 50);
