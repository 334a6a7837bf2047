import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { configErrors } from './errors.ts';

const url = (protocols: readonly string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL with ${protocols.join(' or ')}`,
  });

const whole = (fallback: number, min = 0) => z.coerce.number().int().min(min).default(fallback);
const POSTGRES = ['postgres:', 'postgresql:'];

/** One setting: its variable, what it means, and whether it is a secret. */
interface SettingSpec {
  readonly env: string;
  readonly schema: z.ZodType;
  readonly description: string;
  readonly secret?: boolean;
}

/** Every setting, in the order of the reference. Units stand in the names. */
export const settingSpecs = {
  ledgerUrl: {
    env: 'PENSTOCK_LEDGER_URL',
    schema: url(POSTGRES),
    description: 'PostgreSQL database that holds the ledger (schema `ops`).',
    secret: true,
  },
  warehouseUrl: {
    env: 'PENSTOCK_WAREHOUSE_URL',
    schema: url(POSTGRES),
    description: 'PostgreSQL database that holds temp, bronze, silver and gold tables.',
    secret: true,
  },
  queueUrl: {
    env: 'PENSTOCK_QUEUE_URL',
    schema: url([...POSTGRES, 'redis:', 'rediss:']),
    description: 'Queue server: `redis://…`, or `postgres://…` for the embedded queue.',
    secret: true,
  },
  queuePrefix: {
    env: 'PENSTOCK_QUEUE_PREFIX',
    schema: z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/)
      .default('penstock'),
    description: 'Key prefix on Redis, schema on PostgreSQL.',
  },
  landingUrl: {
    env: 'PENSTOCK_LANDING_URL',
    schema: url(['file:', 's3:']),
    description:
      'Root of landing, archive and quarantine: `file:///…` or `s3://key:secret@host/bucket/prefix?region=…`.',
    secret: true,
  },
  workDir: {
    env: 'PENSTOCK_WORK_DIR',
    schema: z.string().min(1).default('/tmp/penstock-work'),
    description: 'Scratch folder of extraction and loading; its content may be deleted at any time.',
  },
  configFile: {
    env: 'PENSTOCK_CONFIG',
    schema: z.string().min(1).default('penstock.config.ts'),
    description: 'Configuration file that names the pipelines.',
  },
  apiToken: {
    env: 'PENSTOCK_API_TOKEN',
    schema: z.string().min(16, 'must have at least 16 characters').optional(),
    description: 'Bearer token of the HTTP API; without one the API answers 401 to everything.',
    secret: true,
  },
  httpHost: {
    env: 'PENSTOCK_HTTP_HOST',
    schema: z.string().min(1).default('127.0.0.1'),
    description: 'Address the HTTP side listens on.',
  },
  httpPort: {
    env: 'PENSTOCK_HTTP_PORT',
    schema: whole(8080),
    description: 'Port of the HTTP side; 0 takes a free one.',
  },
  logLevel: {
    env: 'PENSTOCK_LOG_LEVEL',
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    description: 'Least severe level that is logged.',
  },
  tickMs: {
    env: 'PENSTOCK_TICK_MS',
    schema: whole(1_000, 50),
    description: 'Interval of the scheduler tick.',
  },
  reconcileMs: {
    env: 'PENSTOCK_RECONCILE_MS',
    schema: whole(10_000, 50),
    description: 'Interval at which ledger and queue are compared.',
  },
  orphanGraceMs: {
    env: 'PENSTOCK_ORPHAN_GRACE_MS',
    schema: whole(3_600_000, 0),
    description: 'Age below which files and temp tables without an owner are left alone.',
  },
  leaseMs: {
    env: 'PENSTOCK_LEASE_MS',
    schema: whole(15_000, 200),
    description: 'How long a task stays with a process that no longer answers.',
  },
  queueLockMs: {
    env: 'PENSTOCK_QUEUE_LOCK_MS',
    schema: whole(10_000, 200),
    description: 'Lock of a job; a dead worker holds its jobs this long.',
  },
  highWater: {
    env: 'PENSTOCK_HIGH_WATER',
    schema: whole(2_000, 1),
    description: 'Most jobs of one queue that wait in the queue server; the rest wait in the ledger.',
  },
  extractConcurrency: {
    env: 'PENSTOCK_EXTRACT_CONCURRENCY',
    schema: whole(2, 1),
    description: 'Slices one extractor reads at once, per shard.',
  },
  loadConcurrency: {
    env: 'PENSTOCK_LOAD_CONCURRENCY',
    schema: whole(2, 1),
    description: 'Streams one loader loads at once.',
  },
  transformConcurrency: {
    env: 'PENSTOCK_TRANSFORM_CONCURRENCY',
    schema: whole(2, 1),
    description: 'Merge and model tasks one transformer runs at once.',
  },
  modelThreads: {
    env: 'PENSTOCK_MODEL_THREADS',
    schema: whole(4, 1),
    description: 'Models of one run built at once.',
  },
  maxTaskAttempts: {
    env: 'PENSTOCK_MAX_TASK_ATTEMPTS',
    schema: whole(5, 1),
    description: 'Failures after which a task is given up.',
  },
  retryBaseMs: {
    env: 'PENSTOCK_RETRY_BASE_MS',
    schema: whole(1_000, 1),
    description: 'First pause before a failed task is tried again; doubles, capped at 5 minutes, jittered.',
  },
  drainMs: {
    env: 'PENSTOCK_DRAIN_MS',
    schema: whole(20_000),
    description: 'Deadline for finishing work in hand after SIGTERM.',
  },
  keepRunsDays: {
    env: 'PENSTOCK_KEEP_RUNS_DAYS',
    schema: whole(90, 1),
    description: 'Age after which finished runs leave the ledger.',
  },
} as const satisfies Record<string, SettingSpec>;

type Specs = typeof settingSpecs;

/** Parsed settings, frozen, plus the connection of each declared source. */
export type Settings = Readonly<{ [K in keyof Specs]: z.infer<Specs[K]['schema']> }> & {
  /** By the declaration's `connection` name: `OLTP` is read from `PENSTOCK_SOURCE_OLTP_URL`. */
  readonly sourceUrls: Readonly<Record<string, string>>;
  /** Keys of hashed fields by name: `FLEET` is read from `PENSTOCK_HASH_KEY_FLEET`. */
  readonly hashKeys: Readonly<Record<string, string>>;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses the environment once. Any variable may be given as `<NAME>_FILE`, a path whose content is the value.
 *
 * @throws PenstockError CONFIG_SETTINGS naming every problem at once, never a secret value.
 */
export function parseSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const parsed: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries<SettingSpec>(settingSpecs)) {
    const result = spec.schema.safeParse(givenValue(spec.env, environment, problems));
    if (result.success) parsed[name] = result.data;
    else problems.push(`${spec.env} ${reasonOf(result.error, environment[spec.env])}`);
  }
  problems.push(...unknownNames(environment));
  const hashKeys = hashKeysOf(environment, problems);
  if (problems.length > 0) throw new PenstockError(configErrors.settings, { problems: problems.join('; ') });
  return Object.freeze({
    ...(parsed as object),
    sourceUrls: sourceUrlsOf(environment),
    hashKeys,
  }) as Settings;
}

function givenValue(name: string, environment: Environment, problems: string[]): string | undefined {
  const path = environment[`${name}_FILE`];
  if (path === undefined) return environment[name] === '' ? undefined : environment[name];
  if (environment[name] !== undefined) problems.push(`${name} and ${name}_FILE are both set`);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    problems.push(`${name}_FILE names a file that cannot be read`);
    return undefined;
  }
}

function reasonOf(error: z.ZodError, given: string | undefined): string {
  if (given === undefined) return 'is not set';
  return error.issues.map((issue) => issue.message).join(', ');
}

const SOURCE_URL = /^PENSTOCK_SOURCE_([A-Z0-9_]+)_URL(_FILE)?$/;

function sourceUrlsOf(environment: Environment): Record<string, string> {
  const urls: Record<string, string> = {};
  for (const name of Object.keys(environment)) {
    const connection = SOURCE_URL.exec(name)?.[1];
    if (connection === undefined) continue;
    const value = givenValue(`PENSTOCK_SOURCE_${connection}_URL`, environment, []);
    if (value !== undefined) urls[connection] = value;
  }
  return urls;
}

const HASH_KEY = /^PENSTOCK_HASH_KEY_([A-Z0-9_]+?)(_FILE)?$/;
/** As many bytes as its output: fewer weaken it (RFC 2104). */
const MIN_HASH_KEY_LENGTH = 32;

function hashKeysOf(environment: Environment, problems: string[]): Record<string, string> {
  const keys: Record<string, string> = {};
  for (const variable of Object.keys(environment)) {
    const name = HASH_KEY.exec(variable)?.[1];
    if (name === undefined) continue;
    const value = givenValue(`PENSTOCK_HASH_KEY_${name}`, environment, problems);
    if (value === undefined) continue;
    if (value.length >= MIN_HASH_KEY_LENGTH) keys[name] = value;
    else problems.push(`PENSTOCK_HASH_KEY_${name} must have at least ${MIN_HASH_KEY_LENGTH} characters`);
  }
  return keys;
}

/** Variables that stand for flags of single commands: no service reads them, and none is stopped by them. */
export const COMMAND_VARIABLES: readonly string[] = ['PENSTOCK_TRANSFORM_AUDIT'];

/** A misspelt setting would be ignored in silence: refuse every unknown `PENSTOCK_` name. */
function unknownNames(environment: Environment): string[] {
  const known = new Set(Object.values<SettingSpec>(settingSpecs).flatMap(({ env }) => [env, `${env}_FILE`]));
  return Object.keys(environment)
    .filter((name) => name.startsWith('PENSTOCK_') && !known.has(name))

    .filter((name) => !SOURCE_URL.test(name) && !HASH_KEY.test(name) && !name.startsWith('PENSTOCK_TEST_'))
    .filter((name) => !name.startsWith('PENSTOCK_BOOTSTRAP_') && !COMMAND_VARIABLES.includes(name))
    .map((name) => `${name} is not a setting`);
}
