import { spawnSync } from 'node:child_process';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { serverErrors } from './errors.ts';

/** Whom a server process runs as: empty for "as ourselves". Spreads into `spawn` options. */
export interface ServerUser {
  readonly uid?: number;
  readonly gid?: number;
}

const candidates = ['postgres', 'nobody'];

/**
 * The user PostgreSQL runs as. Root is refused by PostgreSQL itself, and initdb wants a user with a passwd
 * entry, so root borrows an unprivileged one that is there already.
 *
 * @throws DEV_SERVER_NO_USER when root finds none.
 */
export function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return {};
  for (const name of candidates) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new PenstockError(serverErrors.noUser, { tried: candidates.join(', ') });
}

function idOf(flag: '-u' | '-g', name: string): number | undefined {
  const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
  const id = Number(stdout);
  return status === 0 && Number.isInteger(id) && id !== 0 ? id : undefined;
}
