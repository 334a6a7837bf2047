-- watermarks: one row per slice; cursor is the exclusive bound below which every committed row is accounted for.
-- It only rises, is never deleted, and every move writes its own line of history: there is no way around the trigger.

CREATE TABLE ops.watermarks (
  pipeline  text NOT NULL CHECK (pipeline <> ''),
  stream    text NOT NULL CHECK (stream <> ''),
  slice     text NOT NULL,
  cursor    bigint NOT NULL,
  moved_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  moved_by  text NOT NULL CHECK (moved_by <> ''),
  reason    text NOT NULL,
  run_id    text REFERENCES ops.runs,
  window_id bigint REFERENCES ops.windows,
  PRIMARY KEY (pipeline, stream, slice)
);

CREATE INDEX watermarks_by_run ON ops.watermarks (run_id);
CREATE INDEX watermarks_by_window ON ops.watermarks (window_id);

CREATE TABLE ops.watermark_history (
  move_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pipeline    text NOT NULL,
  stream      text NOT NULL,
  slice       text NOT NULL,
  from_cursor bigint,
  to_cursor   bigint NOT NULL,
  moved_at    timestamptz NOT NULL,
  moved_by    text NOT NULL,
  reason      text NOT NULL,
  run_id      text,   -- no foreign keys: history outlives the runs that retention purges
  window_id   bigint
);

CREATE INDEX watermark_history_by_slice ON ops.watermark_history (pipeline, stream, slice, move_id);

CREATE FUNCTION ops.check_watermark_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'a watermark is never deleted' USING ERRCODE = 'PN004', CONSTRAINT = 'watermarks_kept';
  END IF;
  IF NEW.cursor < OLD.cursor THEN
    RAISE EXCEPTION 'a watermark never goes backwards' USING ERRCODE = 'PN004', CONSTRAINT = 'watermarks_forward';
  END IF;
  IF (NEW.pipeline, NEW.stream, NEW.slice) IS DISTINCT FROM (OLD.pipeline, OLD.stream, OLD.slice) THEN
    RAISE EXCEPTION 'a watermark belongs to its slice' USING ERRCODE = 'PN002', CONSTRAINT = 'watermarks_identity';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER watermarks_move BEFORE UPDATE OR DELETE ON ops.watermarks
  FOR EACH ROW EXECUTE FUNCTION ops.check_watermark_move();

CREATE FUNCTION ops.record_watermark_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ops.watermark_history
    (pipeline, stream, slice, from_cursor, to_cursor, moved_at, moved_by, reason, run_id, window_id)
  VALUES (NEW.pipeline, NEW.stream, NEW.slice, CASE TG_OP WHEN 'UPDATE' THEN OLD.cursor END, NEW.cursor, NEW.moved_at,
    NEW.moved_by, NEW.reason, NEW.run_id, NEW.window_id);
  RETURN NULL;
END $$;

CREATE TRIGGER watermarks_first AFTER INSERT ON ops.watermarks
  FOR EACH ROW EXECUTE FUNCTION ops.record_watermark_move();
CREATE TRIGGER watermarks_moved AFTER UPDATE ON ops.watermarks
  FOR EACH ROW WHEN (OLD.cursor <> NEW.cursor) EXECUTE FUNCTION ops.record_watermark_move();

CREATE FUNCTION ops.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ops.% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'PN004', CONSTRAINT = TG_TABLE_NAME || '_append_only';
END $$;

CREATE TRIGGER watermark_history_append_only BEFORE UPDATE OR DELETE ON ops.watermark_history
  FOR EACH ROW EXECUTE FUNCTION ops.refuse_change();

-- source_bounds: one row per source. The bound up to which its rows may be read; while a prepared transaction exists it
-- stays where it was before that transaction was first seen, so what was seen has to survive restarts.
CREATE TABLE ops.source_bounds (
  source      text PRIMARY KEY CHECK (source <> ''),
  bound       bigint NOT NULL,
  prepared    jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(prepared) = 'object'),
  observed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE FUNCTION ops.check_bound_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a source bound never goes backwards' USING ERRCODE = 'PN004', CONSTRAINT = 'source_bounds_forward';
END $$;

CREATE TRIGGER source_bounds_forward BEFORE UPDATE ON ops.source_bounds
  FOR EACH ROW WHEN (NEW.bound < OLD.bound OR NEW.source <> OLD.source) EXECUTE FUNCTION ops.check_bound_move();
