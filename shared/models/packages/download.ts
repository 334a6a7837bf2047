import { setTimeout } from 'node:timers/promises';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { packageErrors } from './errors.ts';

/** How downloads behave. */
export interface DownloadOptions {
  /** Default 5, as the original. */
  readonly attempts?: number;
  /** Between attempts, default 1,000. */
  readonly pauseMs?: number;
  /** Of one attempt, default 60,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A package archive larger than this is no package. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Downloads a file. What may pass (no connection, 408, 429, 5xx) is tried again.
 *
 * @param shown the address for messages, without secrets.
 * @returns undefined when the server says that there is no such file.
 * @throws PenstockError `PACKAGE_NOT_FETCHED`
 */
export async function download(
  address: string,
  shown: string,
  options: DownloadOptions = {},
): Promise<Buffer | undefined> {
  const { attempts = 5, pauseMs = 1000, signal } = options;
  for (let attempt = 1; ; attempt++) {
    const answer = await request(address, options);
    if ('bytes' in answer) return answer.bytes;
    signal?.throwIfAborted();
    if (!answer.mayPass || attempt >= attempts)
      throw new PenstockError(packageErrors.notFetched, { address: shown, reason: answer.reason });
    await setTimeout(pauseMs, undefined, { signal });
  }
}

type Answer = { bytes: Buffer | undefined } | { reason: string; mayPass: boolean };

async function request(address: string, { timeoutMs = 60_000, signal }: DownloadOptions): Promise<Answer> {
  if (!/^https?:\/\//i.test(address)) return { reason: 'neither http nor https', mayPass: false };
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(address, {
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const { status } = response;
    if (response.ok) return await bodyOf(response);
    await response.body?.cancel();
    if (status === 404 || status === 410) return { bytes: undefined };
    return { reason: `HTTP ${status}`, mayPass: status === 408 || status === 429 || status >= 500 };
  } catch (error) {
    // The message may repeat the address with its credentials: only the code is told.
    return { reason: codeOf(error, timeout.aborted), mayPass: true };
  }
}

async function bodyOf(response: Response): Promise<Answer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.byteLength;
    if (bytes > MOST_BYTES) return { reason: 'larger than 256 MiB', mayPass: false };
    parts.push(part);
  }
  return { bytes: Buffer.concat(parts) };
}

function codeOf(error: unknown, isLate: boolean): string {
  if (isLate) return 'no answer in time';
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'the connection failed';
}
