import { PenstockError } from '#shared/errors/penstock-error.ts';
import { openProfile } from '#shared/models/profiles/open-profile.ts';
import type { ProfileRequest } from '#shared/models/profiles/profile.ts';
import type { Target } from '#shared/models/project/project.ts';
import type { ProjectProblem } from '#shared/models/project/project-problem.ts';
import type { WarehouseConfig } from '#shared/warehouse/postgres/pool.ts';
import type { CliContext } from '../context.ts';
import { transformErrors } from './errors.ts';
import type { ProjectFlags } from './transform-flags.ts';

/** Where a project is built. */
export interface ResolvedTarget {
  readonly target: Target;
  /** Where that is and who says so, for people; no password. */
  readonly place: string;
  /** How it is connected to; fails for a type of warehouse without an adapter. */
  readonly warehouse: () => WarehouseConfig;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly warnings: readonly ProjectProblem[];
}

const DEFAULT_THREADS = 4;

/**
 * Target and connection: of `--warehouse-url`, else of the project's profile, else of `PENSTOCK_WAREHOUSE_URL`.
 *
 * A `profiles.yml` is written for this project, the variable is there for everything that runs on the machine: so the profile wins, except
 * where it is of a product that cannot be connected to and nobody asked for it (`docs/decisions/0024`).
 *
 * @throws PenstockError TRANSFORM_NO_TARGET, PROFILE_INVALID
 */
export async function resolveTarget(
  context: CliContext,
  flags: ProjectFlags,
  dir: string,
): Promise<ResolvedTarget> {
  const request = profileRequest(context, flags, dir);
  const { env, vars } = request;
  const given = flags.warehouseUrl;
  const url = given ?? context.environment['PENSTOCK_WAREHOUSE_URL'];
  const source = given ? '--warehouse-url' : 'PENSTOCK_WAREHOUSE_URL';
  const ofUrl = (to: string): ResolvedTarget => ({
    place: placeOfUrl(to, source),
    ...{ target: targetOf(to, flags), warehouse: () => ({ url: to }) },
    ...{ vars, env, warnings: [] },
  });
  if (given || (url && flags.warehouseSchema !== undefined)) return ofUrl(url ?? '');
  const profile = await openProfile(request);
  if (profile === undefined) {
    if (url) return ofUrl(url);
    throw new PenstockError(transformErrors.noTarget);
  }
  const { target, connection, warnings } = profile;
  const isAskedFor = (flags.profile ?? flags.profilesDir ?? flags.target) !== undefined;
  if (url && target.type !== 'postgres' && !isAskedFor) return ofUrl(url);
  const place = `${shownPlace(target.shown ?? {})}, by target ${target.name} of ${profile.file}`;
  return { target, place, warehouse: () => connection.warehouseConfig(), vars, env, warnings };
}

/** @throws PenstockError TRANSFORM_URL_INVALID */
function placeOfUrl(url: string, source: string): string {
  const { protocol, hostname, port, username, pathname } = URL.canParse(url) ? new URL(url) : NO_URL;
  if (!/^postgres(ql)?:$/.test(protocol)) throw new PenstockError(transformErrors.urlInvalid, { source });
  const [user, database] = [username, pathname.slice(1)].map(decoded);
  return `${shownPlace({ host: hostname, port: port || 5432, user, database })}, by ${source}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const NO_URL = { protocol: '', hostname: '', port: '', username: '', pathname: '' };

function shownPlace(shown: Readonly<Record<string, unknown>>): string {
  const { host, port, user, database } = shown;
  return `database ${String(database)} at ${String(host)}:${String(port)} as ${String(user)}`;
}

/** What `openProfile` is asked, by flags and environment. */
export function profileRequest(
  context: CliContext,
  flags: ProjectFlags,
  dir: string,
): ProfileRequest & { readonly vars: Readonly<Record<string, unknown>> } {
  const { profilesDir, profile, target, threads, vars } = flags;
  const env = textsOf(context.environment);
  const search = { projectDir: dir, cwd: context.cwd, home: env['HOME'] ?? env['USERPROFILE'], env };
  return { ...search, profilesDir, profile, target, threads, vars: vars ?? {} };
}

function targetOf(url: string, flags: ProjectFlags): Target {
  return {
    name: flags.target ?? 'default',
    schema: flags.warehouseSchema ?? 'public',
    database: URL.canParse(url) ? decodeURIComponent(new URL(url).pathname.slice(1)) : '',
    type: 'postgres',
    threads: flags.threads ?? DEFAULT_THREADS,
  };
}

function textsOf(environment: CliContext['environment']): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) texts[name] = value;
  return texts;
}
