-- windows: one row per span of a slice that one attempt extracted; window_id also breaks ties between versions.
--   open -> landed | abandoned; landed -> settled | superseded. Only an incremental or full window moves a watermark.
-- files: one row per landing file. state: landed -> merged | quarantined | discarded; quarantined -> landed | discarded.
--   `place` is where the bytes are as the ledger sees it, `moving_to` where they are being brought.
-- rejects: one row per source row (and column) that broke its contract, by file and ordinal; never a value.

CREATE TABLE ops.windows (
  window_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_id         bigint NOT NULL REFERENCES ops.tasks,
  attempt         integer NOT NULL CHECK (attempt > 0),
  run_id          text NOT NULL REFERENCES ops.runs,
  pipeline        text NOT NULL,
  stream          text NOT NULL CHECK (stream <> ''),
  slice           text NOT NULL,
  mode            text NOT NULL CHECK (mode IN ('incremental', 'full', 'backfill', 'replay')),
  from_cursor     bigint,
  to_cursor       bigint,
  source_ordinal  text,
  moves_watermark boolean NOT NULL,
  status          text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'landed', 'settled', 'superseded', 'abandoned')),
  row_count       bigint CHECK (row_count >= 0),
  null_cursor_rows bigint CHECK (null_cursor_rows >= 0),
  rejected_rows   bigint CHECK (rejected_rows >= 0),
  held_back_ms    bigint CHECK (held_back_ms >= 0),
  held_back_by    text,
  opened_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  landed_at       timestamptz,
  closed_at       timestamptz,
  CONSTRAINT windows_of_attempt UNIQUE (window_id, task_id, attempt),
  CONSTRAINT windows_forward CHECK (from_cursor <= to_cursor),
  CONSTRAINT windows_mover_has_bound CHECK (NOT moves_watermark OR to_cursor IS NOT NULL),
  CONSTRAINT windows_only_forward_modes_move CHECK (NOT moves_watermark OR mode IN ('incremental', 'full')),
  CONSTRAINT windows_counted_when_landed CHECK
    (status IN ('open', 'abandoned') OR (landed_at IS NOT NULL AND row_count IS NOT NULL AND rejected_rows IS NOT NULL)),
  CONSTRAINT windows_closed_iff_final CHECK ((closed_at IS NOT NULL) = (status IN ('settled', 'superseded', 'abandoned')))
);

CREATE UNIQUE INDEX windows_one_open ON ops.windows (pipeline, stream, slice) WHERE status = 'open';
CREATE INDEX windows_landed ON ops.windows (pipeline, stream, slice, window_id) WHERE status = 'landed';
CREATE INDEX windows_by_slice ON ops.windows (pipeline, stream, slice, window_id DESC);
CREATE INDEX windows_by_task ON ops.windows (task_id);
CREATE INDEX windows_by_run ON ops.windows (run_id);

CREATE FUNCTION ops.check_window_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.window_id, NEW.task_id, NEW.attempt, NEW.run_id, NEW.pipeline, NEW.stream, NEW.slice, NEW.mode, NEW.moves_watermark)
     IS DISTINCT FROM
     (OLD.window_id, OLD.task_id, OLD.attempt, OLD.run_id, OLD.pipeline, OLD.stream, OLD.slice, OLD.mode, OLD.moves_watermark)
     OR (OLD.status <> 'open' AND (NEW.from_cursor, NEW.to_cursor, NEW.source_ordinal, NEW.row_count)
         IS DISTINCT FROM (OLD.from_cursor, OLD.to_cursor, OLD.source_ordinal, OLD.row_count)) THEN
    RAISE EXCEPTION 'what a window covers never changes' USING ERRCODE = 'PN002', CONSTRAINT = 'windows_identity';
  END IF;
  IF NOT (CASE OLD.status
       WHEN 'open' THEN NEW.status IN ('open', 'landed', 'abandoned')
       WHEN 'landed' THEN NEW.status IN ('landed', 'settled', 'superseded')
       ELSE NEW.status = OLD.status END) THEN
    RAISE EXCEPTION 'a window cannot go from % to %', OLD.status, NEW.status
      USING ERRCODE = 'PN001', CONSTRAINT = 'windows_status_move';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER windows_move BEFORE UPDATE ON ops.windows FOR EACH ROW EXECUTE FUNCTION ops.check_window_move();

CREATE FUNCTION ops.check_window_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a window begins as open' USING ERRCODE = 'PN001', CONSTRAINT = 'windows_begin_open';
END $$;

CREATE TRIGGER windows_begin_open BEFORE INSERT ON ops.windows
  FOR EACH ROW WHEN (NEW.status <> 'open') EXECUTE FUNCTION ops.check_window_birth();

CREATE TABLE ops.files (
  file_id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  window_id         bigint NOT NULL,
  task_id           bigint NOT NULL,
  attempt           integer NOT NULL,
  run_id            text NOT NULL REFERENCES ops.runs,
  pipeline          text NOT NULL,
  stream            text NOT NULL,
  slice             text NOT NULL,
  part              integer NOT NULL CHECK (part >= 0),
  key               text NOT NULL,
  place             text NOT NULL DEFAULT 'landing' CHECK (place IN ('landing', 'archive', 'quarantine')),
  moving_to         text CHECK (moving_to IN ('landing', 'archive', 'quarantine')),
  state             text NOT NULL DEFAULT 'landed' CHECK (state IN ('landed', 'merged', 'quarantined', 'discarded')),
  is_rejects        boolean NOT NULL DEFAULT false,
  bytes             bigint NOT NULL CHECK (bytes >= 0),
  row_count         bigint NOT NULL CHECK (row_count >= 0),
  sha256            text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  cursor_min        bigint,
  cursor_max        bigint,
  schema_fingerprint text NOT NULL,
  contract_version  integer NOT NULL CHECK (contract_version > 0),
  quarantine_reason jsonb,
  merged_by_run     text, -- no foreign key: the merging run may be purged before the run that landed the file
  merged_at         timestamptz,
  deleted_at        timestamptz, -- when the bytes of a discarded file were removed
  created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT files_deleted_were_discarded CHECK (deleted_at IS NULL OR state = 'discarded'),
  CONSTRAINT files_key_once UNIQUE (key),
  CONSTRAINT files_part_once UNIQUE (window_id, is_rejects, part),
  CONSTRAINT files_of_window FOREIGN KEY (window_id, task_id, attempt) REFERENCES ops.windows (window_id, task_id, attempt),
  CONSTRAINT files_key_in_place CHECK (starts_with(key, place || '/')),
  CONSTRAINT files_move_elsewhere CHECK (moving_to <> place),
  CONSTRAINT files_cursor_range CHECK (cursor_min <= cursor_max),
  CONSTRAINT files_merged_by CHECK ((state = 'merged') = (merged_by_run IS NOT NULL) AND (state = 'merged') = (merged_at IS NOT NULL)),
  CONSTRAINT files_reason_when_quarantined CHECK (state <> 'quarantined' OR quarantine_reason IS NOT NULL),
  CONSTRAINT files_rejects_never_merge CHECK (NOT is_rejects OR state IN ('landed', 'discarded')),
  CONSTRAINT files_quarantined_stay_there CHECK
    (state <> 'quarantined' OR coalesce(moving_to, place) = 'quarantine'),
  CONSTRAINT files_good_leave_quarantine CHECK
    (state NOT IN ('landed', 'merged') OR coalesce(moving_to, place) <> 'quarantine'),
  CONSTRAINT files_merged_were_readable CHECK (state <> 'merged' OR place <> 'quarantine')
);

CREATE INDEX files_unmerged ON ops.files (pipeline, stream, file_id) WHERE state = 'landed' AND NOT is_rejects;
CREATE INDEX files_quarantined ON ops.files (pipeline, stream, slice) WHERE state = 'quarantined';
CREATE INDEX files_moving ON ops.files (file_id) WHERE moving_to IS NOT NULL;
CREATE INDEX files_to_delete ON ops.files (file_id) WHERE state = 'discarded' AND deleted_at IS NULL;
CREATE INDEX files_by_run ON ops.files (run_id);

CREATE FUNCTION ops.check_new_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM inserted WHERE state <> 'landed' OR place <> 'landing' OR moving_to IS NOT NULL) THEN
    RAISE EXCEPTION 'a file begins as landed' USING ERRCODE = 'PN001', CONSTRAINT = 'files_begin_landed';
  END IF;
  IF EXISTS (SELECT FROM inserted i JOIN ops.windows w USING (window_id) WHERE w.status <> 'open'
               OR (i.run_id, i.pipeline, i.stream, i.slice) IS DISTINCT FROM (w.run_id, w.pipeline, w.stream, w.slice)) THEN
    RAISE EXCEPTION 'only an open window takes files of its own slice'
      USING ERRCODE = 'PN003', CONSTRAINT = 'files_of_open_window';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER files_born AFTER INSERT ON ops.files
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION ops.check_new_files();

CREATE FUNCTION ops.check_file_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.file_id, NEW.window_id, NEW.run_id, NEW.pipeline, NEW.stream, NEW.slice, NEW.part, NEW.is_rejects, NEW.bytes,
      NEW.row_count, NEW.sha256, NEW.contract_version)
     IS DISTINCT FROM (OLD.file_id, OLD.window_id, OLD.run_id, OLD.pipeline, OLD.stream, OLD.slice, OLD.part, OLD.is_rejects,
      OLD.bytes, OLD.row_count, OLD.sha256, OLD.contract_version)
     OR split_part(NEW.key, '/', -1) <> split_part(OLD.key, '/', -1) THEN
    RAISE EXCEPTION 'what a file is never changes' USING ERRCODE = 'PN002', CONSTRAINT = 'files_identity';
  END IF;
  IF NOT (CASE OLD.state
       WHEN 'landed' THEN true
       WHEN 'quarantined' THEN NEW.state IN ('quarantined', 'landed', 'discarded')
       ELSE NEW.state = OLD.state END) THEN
    RAISE EXCEPTION 'a file cannot go from % to %', OLD.state, NEW.state
      USING ERRCODE = 'PN001', CONSTRAINT = 'files_state_move';
  END IF;
  -- A move that has begun ends where it was going: halfway, the bytes are in both places.
  IF (NEW.place <> OLD.place AND (OLD.moving_to IS DISTINCT FROM NEW.place OR NEW.moving_to IS NOT NULL))
     OR (NEW.place = OLD.place AND OLD.moving_to IS NOT NULL AND NEW.moving_to IS DISTINCT FROM OLD.moving_to) THEN
    RAISE EXCEPTION 'a file arrives only where it was being moved' USING ERRCODE = 'PN001', CONSTRAINT = 'files_place_move';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER files_move BEFORE UPDATE ON ops.files FOR EACH ROW EXECUTE FUNCTION ops.check_file_move();

CREATE TABLE ops.rejects (
  file_id          bigint NOT NULL REFERENCES ops.files,
  ordinal          bigint NOT NULL CHECK (ordinal >= 0),
  column_name      text NOT NULL,
  code             text NOT NULL CHECK (code <> ''),
  contract_version integer NOT NULL CHECK (contract_version > 0),
  status           text NOT NULL DEFAULT 'rejected' CHECK (status IN ('rejected', 'released', 'discarded')),
  run_id           text NOT NULL REFERENCES ops.runs,
  window_id        bigint NOT NULL REFERENCES ops.windows,
  pipeline         text NOT NULL,
  stream           text NOT NULL,
  slice            text NOT NULL,
  created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at        timestamptz,
  closed_by        text,
  PRIMARY KEY (file_id, ordinal, column_name),
  CONSTRAINT rejects_closed_by_someone CHECK
    ((status <> 'rejected') = (closed_at IS NOT NULL) AND (status <> 'rejected') = (closed_by IS NOT NULL))
);

CREATE INDEX rejects_open ON ops.rejects (pipeline, stream, file_id) WHERE status = 'rejected';
CREATE INDEX rejects_by_window ON ops.rejects (window_id);
CREATE INDEX rejects_by_run ON ops.rejects (run_id);

CREATE FUNCTION ops.check_new_rejects() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM inserted i JOIN ops.files f USING (file_id) JOIN ops.windows w ON w.window_id = f.window_id
             WHERE NOT f.is_rejects OR i.status <> 'rejected' OR f.window_id <> i.window_id OR w.status <> 'open') THEN
    RAISE EXCEPTION 'a reject is listed under a rejects file of its own, still open window'
      USING ERRCODE = 'PN003', CONSTRAINT = 'rejects_of_rejects_file';
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER rejects_born AFTER INSERT ON ops.rejects
  REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION ops.check_new_rejects();

CREATE FUNCTION ops.check_reject_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a reject that is % stays so', OLD.status USING ERRCODE = 'PN001', CONSTRAINT = 'rejects_status_move';
END $$;

CREATE TRIGGER rejects_move BEFORE UPDATE ON ops.rejects
  FOR EACH ROW WHEN (OLD.status <> 'rejected') EXECUTE FUNCTION ops.check_reject_move();
