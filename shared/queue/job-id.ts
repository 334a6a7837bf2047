import { createHash } from 'node:crypto';

const SAFE = /^(?=.*[^\d-])[A-Za-z0-9._-]+$/;

/**
 * A job id every backend accepts. BullMQ refuses `:` and integers; other characters are replaced and
 * a digest keeps ids apart that would then look alike. Ids of the catalogue pass unchanged.
 */
export function safeJobId(id: string): string {
  if (SAFE.test(id)) return id;
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 12);
  return `${id.replaceAll(/[^A-Za-z0-9._-]/g, '_')}-x${digest}`;
}
