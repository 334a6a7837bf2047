import type { Wait } from '#shared/template/values/wait.ts';

/** Nothing in today's context waits, so a render is done when it returns. */
export function atOnce<T>(value: Wait<T>): T {
  if (value instanceof Promise) throw new Error('a template waited where nothing can wait');
  return value;
}
