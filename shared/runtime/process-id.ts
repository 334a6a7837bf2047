import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Names this process in the ledger; a restart is another process. */
export function newProcessId(service: string): string {
  return `${service}-${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
}
