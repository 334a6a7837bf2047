import { inspect } from 'node:util';
import type { WarehouseConfig } from '#shared/warehouse/postgres/pool.ts';

/** How a PostgreSQL output says to connect. */
export interface PostgresSettings {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly schema: string;
  readonly role: string | undefined;
  readonly searchPath: string | undefined;
  readonly connectTimeoutSeconds: number;
  readonly keepAliveIdleSeconds: number;
  readonly sslMode: string | undefined;
  readonly sslCert: string | undefined;
  readonly sslKey: string | undefined;
  readonly sslRootCert: string | undefined;
  readonly applicationName: string | undefined;
}

/** A connection whose password nothing prints: not `inspect`, not JSON. */
export class PostgresConnection {
  readonly type = 'postgres';
  readonly #settings: PostgresSettings;

  constructor(settings: PostgresSettings) {
    this.#settings = settings;
  }

  /** What a pool is opened with; it holds the password. */
  warehouseConfig(): WarehouseConfig {
    const settings = this.#settings;
    return {
      url: urlOf(settings),
      connectTimeoutMs: settings.connectTimeoutSeconds * 1000,
      sessionOptions: sessionOptionsOf(settings),
      ...(settings.keepAliveIdleSeconds > 0 ? { keepAliveIdleMs: settings.keepAliveIdleSeconds * 1000 } : {}),
      ...(settings.applicationName === undefined ? {} : { applicationName: settings.applicationName }),
    };
  }

  /** Everything but the password, with the names of the original, in its order. */
  shown(): Readonly<Record<string, string | number | null>> {
    const settings = this.#settings;
    return {
      host: settings.host,
      port: settings.port,
      user: settings.user,
      database: settings.database,
      schema: settings.schema,
      connect_timeout: settings.connectTimeoutSeconds,
      role: settings.role ?? null,
      search_path: settings.searchPath ?? null,
      keepalives_idle: settings.keepAliveIdleSeconds,
      sslmode: settings.sslMode ?? null,
      sslcert: settings.sslCert ?? null,
      sslkey: settings.sslKey ?? null,
      sslrootcert: settings.sslRootCert ?? null,
      application_name: settings.applicationName ?? null,
    };
  }

  /** A text, such as a server's message, without the password. */
  redact(text: string): string {
    const { password } = this.#settings;
    const hidden = password === '' ? text : text.replaceAll(password, '***');
    return hidden.replaceAll(encodeURIComponent(password) || '\0', '***');
  }

  toJSON(): object {
    return { type: this.type, ...this.shown() };
  }

  [inspect.custom](): object {
    return this.toJSON();
  }
}

/** Parts go in encoded. The modes mean what libpq means by them: `require` encrypts but trusts any certificate. */
function urlOf(settings: PostgresSettings): string {
  const { host, port, user, password, database } = settings;
  const socket = host.startsWith('/');
  const address = socket ? '' : host.includes(':') ? `[${host}]` : encodeURIComponent(host);
  const query = new URLSearchParams();
  if (socket) query.set('host', host);
  // A socket has its port in its name, and an URL without a host cannot hold one.
  if (socket) query.set('port', String(port));
  if (settings.sslMode !== undefined) {
    // `allow` asks for encryption only where the server insists; the client library cannot try twice.
    query.set('sslmode', settings.sslMode === 'allow' ? 'disable' : settings.sslMode);
    query.set('uselibpqcompat', 'true');
  }
  for (const [key, value] of Object.entries(certificatesOf(settings))) if (value) query.set(key, value);
  const place = socket ? 'base' : `${address}:${port}`;
  const parameters = query.size === 0 ? '' : `?${query}`;
  const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return `postgresql://${login}@${place}/${encodeURIComponent(database)}${parameters}`;
}

const certificatesOf = ({ sslCert, sslKey, sslRootCert }: PostgresSettings) => ({
  sslcert: sslCert,
  sslkey: sslKey,
  sslrootcert: sslRootCert,
});

/** `role` and `search_path` hold from the first statement on, also on connections that a pool opens later. */
function sessionOptionsOf({ role, searchPath }: PostgresSettings): string {
  const options: string[] = [];
  if (searchPath) options.push(`-c search_path=${escaped(searchPath)}`);
  if (role) options.push(`-c role=${escaped(role)}`);
  return options.join(' ');
}

/** The server splits options at blanks that no backslash precedes. */
const escaped = (value: string): string => value.replace(/[\\\s]/g, (character) => `\\${character}`);
