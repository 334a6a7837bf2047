import { hostname } from 'node:os';
import type { Queryable } from './queryable.ts';

/** One process of a service; its id is the `owner` of the tasks it claims. */
export interface ServiceProcess {
  readonly processId: string;
  readonly service: string;
  /** Default: this machine and process. */
  readonly host?: string;
  readonly pid?: number;
}

export interface KnownProcess extends Required<ServiceProcess> {
  readonly startedAt: string;
  readonly heartbeatAt: string;
}

/** Lists a process as alive. Repeatable. */
export async function registerProcess(ledger: Queryable, entry: ServiceProcess): Promise<void> {
  const { processId, service, host = hostname(), pid = process.pid } = entry;
  await ledger.rows(
    `INSERT INTO ops.processes (process_id, service, host, pid) VALUES ($1, $2, $3, $4)
     ON CONFLICT (process_id) DO UPDATE SET heartbeat_at = clock_timestamp(), ended_at = NULL`,
    [processId, service, host, pid],
  );
}

/** Says that a registered process is still alive; one that was taken for dead is listed again. */
export async function beatProcess(ledger: Queryable, processId: string): Promise<void> {
  await ledger.rows(
    'UPDATE ops.processes SET heartbeat_at = clock_timestamp(), ended_at = NULL WHERE process_id = $1',
    [processId],
  );
}

/** Notes that a process has ended in order. */
export async function endProcess(ledger: Queryable, processId: string): Promise<void> {
  await ledger.rows(
    'UPDATE ops.processes SET ended_at = clock_timestamp() WHERE process_id = $1 AND ended_at IS NULL',
    [processId],
  );
}

const PROCESS_COLUMNS = `
  process_id AS "processId", service, host, pid, started_at AS "startedAt", heartbeat_at AS "heartbeatAt"`;

/** Processes that have announced themselves within `silentMs`. */
export function liveProcesses(ledger: Queryable, silentMs: number): Promise<KnownProcess[]> {
  return ledger.rows<KnownProcess & Record<string, unknown>>(
    `SELECT ${PROCESS_COLUMNS} FROM ops.processes WHERE ended_at IS NULL
       AND heartbeat_at >= clock_timestamp() - $1::bigint * interval '1 millisecond' ORDER BY service, process_id`,
    [Math.ceil(silentMs)],
  );
}

/** Marks processes that have been silent for longer as ended, and returns them. Their leases expire by themselves. */
export function endSilentProcesses(ledger: Queryable, silentMs: number): Promise<KnownProcess[]> {
  return ledger.rows<KnownProcess & Record<string, unknown>>(
    `UPDATE ops.processes SET ended_at = clock_timestamp() WHERE ended_at IS NULL
       AND heartbeat_at < clock_timestamp() - $1::bigint * interval '1 millisecond' RETURNING ${PROCESS_COLUMNS}`,
    [Math.ceil(silentMs)],
  );
}
