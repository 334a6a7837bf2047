import { PenstockError } from '#shared/errors/penstock-error.ts';
import { queueErrors } from './errors.ts';

/** Which backend a URL means. @throws PenstockError `QUEUE_URL_UNSUPPORTED`; the URL itself holds a password and is not quoted. */
export function backendOf(url: string): 'redis' | 'postgres' {
  if (/^rediss?:\/\//i.test(url)) return 'redis';
  if (/^postgres(ql)?:\/\//i.test(url)) return 'postgres';
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0] ?? 'none';
  throw new PenstockError(queueErrors.badUrl, { scheme: scheme.slice(0, 20) });
}

/** @throws PenstockError `QUEUE_PREFIX_INVALID`. */
export function checkPrefix(prefix: string): void {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(prefix))
    throw new PenstockError(queueErrors.badPrefix, { prefix: prefix.slice(0, 80) });
}
