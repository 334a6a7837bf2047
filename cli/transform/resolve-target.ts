import { PenstockError } from '#shared/errors/penstock-error.ts';
import type { Target } from '#shared/models/project/project.ts';
import type { CliContext } from '../context.ts';
import { transformErrors } from './errors.ts';
import type { ProjectFlags } from './transform-flags.ts';

/** Where a project is built. */
export interface ResolvedTarget {
  readonly target: Target;
  readonly url: string;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
}

const DEFAULT_THREADS = 4;

/** Target and connection that flags, environment and profiles name. @throws TRANSFORM_NO_TARGET */
export async function resolveTarget(
  context: CliContext,
  flags: ProjectFlags,
  _dir: string,
): Promise<ResolvedTarget> {
  const url = flags.warehouseUrl ?? context.environment['PENSTOCK_WAREHOUSE_URL'];
  if (url === undefined || url === '') throw new PenstockError(transformErrors.noTarget);
  const database = URL.canParse(url) ? decodeURIComponent(new URL(url).pathname.slice(1)) : '';
  return {
    target: {
      name: flags.target ?? 'default',
      schema: flags.warehouseSchema ?? 'public',
      database,
      type: 'postgres',
      threads: flags.threads ?? DEFAULT_THREADS,
    },
    url,
    vars: flags.vars ?? {},
    env: textsOf(context.environment),
  };
}

function textsOf(environment: CliContext['environment']): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) texts[name] = value;
  return texts;
}
