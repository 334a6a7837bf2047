import { PostgresConnection } from 'bullmq';
import { classifyQueueError, isConnectionCut } from './classify-queue-error.ts';
import { withinDeadline } from './within-deadline.ts';

export interface PostgresConnectionSettings {
  readonly url: string;
  readonly schema: string;
  /** Connections of the pool; a worker holds one more to listen on. */
  readonly maxConnections: number;
  /** To get a connection, the wait for a free one included. */
  readonly connectTimeoutMs: number;
  readonly queryTimeoutMs: number;
  /**
   * False lets a commit return before it is on disk. A crash of the server may then undo the last moves of
   * jobs that are themselves on disk: they run again, which the ledger stands.
   */
  readonly durableCommits: boolean;
}

/**
 * A connection of BullMQ's PostgreSQL backend, not yet ready.
 *
 * Its queries report every cut connection as a refused one, because that is the only form BullMQ
 * repeats: a restart during an acknowledgement was measured to fail jobs whose handlers had returned.
 */
export function createPostgresConnection(
  settings: PostgresConnectionSettings,
  onError: (error: unknown) => void,
): PostgresConnection {
  const connection = new PostgresConnection({
    connectionString: settings.url,
    schema: settings.schema,
    migrate: false,
    max: settings.maxConnections,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    query_timeout: settings.queryTimeoutMs,
    keepAlive: true,
    application_name: 'penstock-queue',
    ...(settings.durableCommits ? {} : { options: '-c synchronous_commit=off' }),
  });
  connection.on('error', onError);
  const query = connection.pool.query.bind(connection.pool);
  connection.pool.query = async (text, params) => {
    try {
      return await query(text, params);
    } catch (error) {
      throw isConnectionCut(error) ? new CutConnectionError(error) : error;
    }
  };
  return connection;
}

class CutConnectionError extends Error {
  readonly code = 'ECONNREFUSED';

  constructor(cause: unknown) {
    super('ECONNREFUSED: the connection to the queue database broke', { cause });
    this.name = 'CutConnectionError';
  }
}

/**
 * Waits until server and schema are there. BullMQ remembers a failure for ever, so a connection that is
 * not ready is closed here and the caller builds another.
 *
 * @throws PenstockError `QUEUE_UNREACHABLE`, `QUEUE_NOT_MIGRATED`, `QUEUE_SCHEMA_NEWER`, `QUEUE_PERMISSION_DENIED`.
 */
export async function readyOrClosed(
  connection: PostgresConnection,
  ready: Promise<void>,
  deadlineMs: number,
): Promise<void> {
  try {
    const late = (): Error => new CutConnectionError(new Error(`no answer in ${deadlineMs} ms`));
    await withinDeadline(ready, deadlineMs, late);
  } catch (error) {
    void connection.close().catch(() => undefined);
    throw classifyQueueError(error, 'connect');
  }
}
