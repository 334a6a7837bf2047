-- Grain: one row per foreign object and content that a stream has met. Keys: pipeline, stream, bucket, key, etag.
-- Outcomes: landed (its rows are in a landed window), quarantined (broken; by its name only, the bytes stay where they are),
--   discarded (a person gave it up). A changed object has another etag and so another row; quarantined -> discarded only.

CREATE TABLE ops.objects (
  pipeline    text NOT NULL CHECK (pipeline <> ''),
  stream      text NOT NULL CHECK (stream <> ''),
  bucket      text NOT NULL,
  key         text NOT NULL,
  etag        text NOT NULL,
  version_id  text,
  bytes       bigint NOT NULL CHECK (bytes >= 0),
  modified_at timestamptz NOT NULL,
  outcome     text NOT NULL CHECK (outcome IN ('landed', 'quarantined', 'discarded')),
  row_count   bigint CHECK (row_count >= 0),
  rejected_rows bigint CHECK (rejected_rows >= 0),
  reason      jsonb,
  run_id      text NOT NULL, -- no foreign key: what was read stays known when its run is purged
  window_id   bigint,
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_by   text,
  PRIMARY KEY (pipeline, stream, bucket, key, etag),
  CONSTRAINT objects_reason_iff_broken CHECK ((outcome = 'landed') = (reason IS NULL)),
  CONSTRAINT objects_discarded_by_someone CHECK ((outcome = 'discarded') = (closed_by IS NOT NULL))
);

CREATE INDEX objects_quarantined ON ops.objects (pipeline, stream) WHERE outcome = 'quarantined';

CREATE FUNCTION ops.check_object_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an object that is % stays so', OLD.outcome USING ERRCODE = 'PN001', CONSTRAINT = 'objects_outcome_move';
END $$;

-- A quarantined object is read again once a person has deleted its row (released), or given it up (discarded).
CREATE TRIGGER objects_move BEFORE UPDATE ON ops.objects
  FOR EACH ROW WHEN (OLD.outcome <> 'quarantined' OR NEW.outcome = 'landed') EXECUTE FUNCTION ops.check_object_move();
