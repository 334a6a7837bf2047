import { jsonParam } from './json.ts';
import type { Queryable } from './queryable.ts';

/** One invocation of the command line on a project that belongs to no pipeline. */
export interface RecordedInvocation {
  /** A uuid. */
  readonly invocationId: string;
  /** `build`, `run`, … */
  readonly command: string;
  readonly project: string;
  readonly target: string;
}

/** How one node of it ended. */
export interface RecordedNode {
  /** Unique id, e.g. `model.shop.orders`. */
  readonly node: string;
  readonly kind: string;
  /** As in `run_results.json`. */
  readonly status: string;
  readonly rowsAffected: number | null;
  /** ISO 8601; null when it never began. */
  readonly startedAt: string | null;
  readonly ms: number;
  readonly message: string | null;
}

/** Records the nodes of an invocation, all in one statement; what is recorded already stays. */
export async function recordInvocationNodes(
  ledger: Queryable,
  { invocationId, command, project, target }: RecordedInvocation,
  nodes: readonly RecordedNode[],
): Promise<void> {
  if (nodes.length === 0) return;
  await ledger.rows(
    `INSERT INTO ops.invocation_nodes (invocation_id, command, project, target, node, kind, status, rows_affected, started_at, ms, message)
     SELECT $1, $2, $3, $4, n.node, n.kind, n.status, n."rowsAffected", n."startedAt", n.ms, left(n.message, 4000)
     FROM jsonb_to_recordset($5::jsonb) AS n(node text, kind text, status text, "rowsAffected" bigint, "startedAt" timestamptz,
       ms double precision, message text)
     ON CONFLICT (invocation_id, node) DO NOTHING`,
    [invocationId, command, project, target, jsonParam(nodes.map((node) => ({ ...node })))],
  );
}
