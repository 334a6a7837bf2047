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
  /** How it is connected to; fails for a type of warehouse without an adapter. */
  readonly warehouse: () => WarehouseConfig;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly warnings: readonly ProjectProblem[];
}

const DEFAULT_THREADS = 4;

/**
 * Target and connection: of `--warehouse-url`, else of the profile that `--profile` or `--profiles-dir` ask for, else of
 * `PENSTOCK_WAREHOUSE_URL`, else of the profile of the project.
 *
 * @throws PenstockError TRANSFORM_NO_TARGET, PROFILE_INVALID
 */
export async function resolveTarget(
  context: CliContext,
  flags: ProjectFlags,
  dir: string,
): Promise<ResolvedTarget> {
  const request = profileRequest(context, flags, dir);
  const asksForProfile = (flags.profile ?? flags.profilesDir) !== undefined;
  const url =
    flags.warehouseUrl ?? (asksForProfile ? undefined : context.environment['PENSTOCK_WAREHOUSE_URL']);
  const { env } = request;
  const vars = flags.vars ?? {};
  if (url) return { target: targetOf(url, flags), warehouse: () => ({ url }), vars, env, warnings: [] };
  const profile = await openProfile(request);
  if (profile === undefined) throw new PenstockError(transformErrors.noTarget);
  const { target, connection, warnings } = profile;
  return { target, warehouse: () => connection.warehouseConfig(), vars, env, warnings };
}

/** What `openProfile` is asked, by flags and environment. */
export function profileRequest(context: CliContext, flags: ProjectFlags, dir: string): ProfileRequest {
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
