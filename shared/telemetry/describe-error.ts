import { PenstockError } from '#shared/errors/penstock-error.ts';

/** What of an error may be written down: code, message and facts of ours; only name and code of any other. */
export interface ErrorDescription {
  readonly code: string;
  readonly message: string;
  readonly actor: string;
  readonly retry: string;
  readonly [fact: string]: string | number | boolean | null;
}

/**
 * Describes an error without row values. A foreign error's message may quote a value, so only its class and
 * code are kept.
 */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof PenstockError) {
    const { code, message, actor, retry } = error;
    return { code, message, actor, retry };
  }
  const name = error instanceof Error ? error.name : typeof error;
  const code = foreignCode(error);
  return {
    code: code ?? 'UNEXPECTED',
    message: `${name}${code === undefined ? '' : ` ${code}`}`,
    actor: 'us',
    retry: 'unknown',
  };
}

function foreignCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]{2,40}$/.test(code) ? code : undefined;
}
