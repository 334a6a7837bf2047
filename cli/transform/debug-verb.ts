import { PenstockError } from '#shared/errors/penstock-error.ts';
import { Releasers } from '#shared/lifecycle/releasers.ts';
import { loadProject } from '#shared/models/load/load-project.ts';
import { describeError } from '#shared/telemetry/describe-error.ts';

import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { printResult } from '../output.ts';
import { transformErrors } from './errors.ts';
import { projectDirOf } from './open-transform.ts';
import { openWarehouse } from './open-warehouse.ts';
import { type ResolvedTarget, resolveTarget } from './resolve-target.ts';
import type { ProjectFlags } from './transform-flags.ts';

interface Finding {
  readonly what: string;
  readonly ok: boolean;
  /** Never a password. */
  readonly detail: string;
}

const CLOSE_MS = 3_000;

/** Looks at everything a build needs, one after another: target, project, connection. */
export async function debugVerb(context: CliContext, flags: ProjectFlags): Promise<void> {
  const dir = projectDirOf(context, flags);
  const findings: Finding[] = [];
  const resolved = await found(findings, 'target', async () => {
    const target = await resolveTarget(context, flags, dir);
    const { name, type, schema } = target.target;
    return [target, `${name}: ${type}, schema ${schema}, ${target.place}${connectionText(target)}`] as const;
  });
  if (resolved !== undefined) {
    await found(findings, 'project', () => checkProject(dir, resolved, flags.versionCheck !== false));
    await found(findings, 'connection', () => checkConnection(resolved));
  }
  const ok = findings.every((finding) => finding.ok);
  printResult(context, flags, { ok, projectDir: dir, findings }, () =>
    findings.map(({ what, ok: fine, detail }) => `${fine ? 'ok   ' : 'ERROR'} ${what}: ${detail}\n`).join(''),
  );
  if (!ok) context.setExitCode(EXIT.failed);
}

/** What a profile says of the connection, as the original's `debug` prints it: everything but secrets. */
function connectionText({ target }: ResolvedTarget): string {
  const told = Object.entries(target.shown ?? {}).filter(
    ([key, value]) =>
      value !== null && !['database', 'schema', 'dbname', 'host', 'port', 'user'].includes(key),
  );
  return told.map(([key, value]) => `, ${key} ${String(value)}`).join('');
}

async function found<T>(
  findings: Finding[],
  what: string,
  look: () => Promise<readonly [T, string]>,
): Promise<T | undefined> {
  try {
    const [value, detail] = await look();
    findings.push({ what, ok: true, detail });
    return value;
  } catch (error) {
    findings.push({ what, ok: false, detail: describeError(error).message });
    return undefined;
  }
}

async function checkProject(
  dir: string,
  { target, vars, env }: ResolvedTarget,
  versionCheck: boolean,
): Promise<readonly [null, string]> {
  const loaded = await loadProject(dir, { target, vars, env, versionCheck });
  if ('project' in loaded)
    return [
      null,
      `${loaded.project.graph.settings.name}, ${loaded.project.graph.models.size} models, seeds and snapshots`,
    ];
  throw new PenstockError(transformErrors.projectBroken, { problems: loaded.problems.length });
}

async function checkConnection({ warehouse }: ResolvedTarget): Promise<readonly [null, string]> {
  const releasers = new Releasers();
  try {
    const connection = await openWarehouse(warehouse(), 1, releasers).adapter.connect('debug');
    await connection.execute('select 1');
    await connection.release();
    return [null, 'the server answers'];
  } finally {
    await releasers.releaseAll(CLOSE_MS);
  }
}
