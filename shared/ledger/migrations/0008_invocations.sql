-- invocation_nodes: one row per node that `penstock transform` ran outside of a pipeline.
-- node_runs: those and the models of pipelines in one shape; a pipeline's invocation is its run's id.

CREATE TABLE ops.invocation_nodes (
  invocation_node_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invocation_id uuid NOT NULL,
  command       text NOT NULL CHECK (command <> ''),
  project       text NOT NULL CHECK (project <> ''),
  target        text NOT NULL,
  node          text NOT NULL CHECK (node <> ''),
  kind          text NOT NULL CHECK (kind <> ''),
  status        text NOT NULL CHECK (status <> ''),
  rows_affected bigint CHECK (rows_affected >= 0),
  started_at    timestamptz,
  ms            double precision NOT NULL CHECK (ms >= 0),
  message       text,
  recorded_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT invocation_nodes_once UNIQUE (invocation_id, node)
);

CREATE INDEX invocation_nodes_by_node ON ops.invocation_nodes (project, node, invocation_node_id DESC);
CREATE INDEX invocation_nodes_by_age ON ops.invocation_nodes (recorded_at);

CREATE VIEW ops.node_runs AS
  SELECT invocation_id::text AS invocation, project, node, kind, status, rows_affected, started_at, ms
  FROM ops.invocation_nodes
  UNION ALL
  SELECT run_id, pipeline, 'model.' || pipeline || '.' || model, 'model',
    CASE status WHEN 'succeeded' THEN 'success' WHEN 'failed' THEN 'error' ELSE status END,
    rows_affected, started_at, extract(epoch FROM finished_at - started_at)::double precision * 1000
  FROM ops.model_runs;
