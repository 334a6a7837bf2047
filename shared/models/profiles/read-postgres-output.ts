import type { YamlMapping } from '../project/read-yaml.ts';
import { OutputFields } from './output-fields.ts';
import { PostgresConnection } from './postgres-connection.ts';

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/** Keys of the original's `PostgresCredentials`, with `type` and `threads`. */
const KNOWN = new Set([
  ...['type', 'threads', 'host', 'user', 'port', 'password', 'pass', 'database', 'dbname', 'schema'],
  ...['connect_timeout', 'role', 'search_path', 'keepalives_idle', 'sslmode', 'sslcert', 'sslkey'],
  ...['sslrootcert', 'application_name', 'autocommit', 'retries'],
]);

/** A PostgreSQL output, as the original's `PostgresCredentials` reads it. Adds a problem for whatever does not fit. */
export function readPostgresOutput(
  output: YamlMapping,
  problem: (key: string, cause: string) => void,
): { connection: PostgresConnection; unknown: readonly string[] } {
  const fields = new OutputFields(output, problem);
  if (output['port'] === undefined) problem('', 'port: is missing');
  const connection = new PostgresConnection({
    host: fields.required('host'),
    user: fields.required('user'),
    port: fields.whole('port', 0, 65_535) ?? 0,
    password: fields.required('password', 'pass'),
    database: fields.required('database', 'dbname'),
    schema: fields.required('schema'),
    connectTimeoutSeconds: fields.whole('connect_timeout', 0, 86_400) ?? 10,
    role: fields.text('role') || undefined,
    searchPath: fields.text('search_path') || undefined,
    keepAliveIdleSeconds: fields.whole('keepalives_idle', 0, 86_400) ?? 0,
    sslMode: fields.word('sslmode', SSL_MODES),
    sslCert: fields.text('sslcert'),
    sslKey: fields.text('sslkey'),
    sslRootCert: fields.text('sslrootcert'),
    applicationName: fields.text('application_name'),
  });
  return { connection, unknown: Object.keys(output).filter((key) => !KNOWN.has(key)) };
}
