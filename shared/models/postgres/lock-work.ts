import type { Session } from './session.ts';

/**
 * Waits until no other transaction of this engine does the same kind of work on the same thing, and keeps others
 * waiting until this one ends. Readers never meet these locks.
 */
export async function lockWork(session: Session, work: 'merge' | 'publish', on: string): Promise<void> {
  await session.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`penstock:${work}:${on}`]);
}
