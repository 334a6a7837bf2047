import { type Facts, isError, PenstockError } from '#shared/errors/penstock-error.ts';
import type { ClientCredentials } from '#shared/pipeline/http-declaration.ts';
import type { AnswerHead } from './answer.ts';
import { httpErrors } from './errors.ts';
import { parseJson } from './parse-json.ts';
import { readChunks } from './read-chunks.ts';
import type { ShardGate } from './shard-gate.ts';
import type { ShardUrl } from './shard-url.ts';
import { statusError } from './status-error.ts';
import type { IssuedToken } from './token-provider.ts';
import type { Transport } from './transport.ts';
import type { WireCall } from './wire-call.ts';

const MAX_ANSWER_BYTES = 64 * 1024;
/** What may stand in a header. */
const TOKEN = /^[\x21-\x7e]{1,16384}$/;
/** Whose slice a token is: nobody's. No slice has such an id. */
const NO_SLICE = ' token';

export interface TokenRequestOptions {
  readonly shard: string;
  readonly auth: ClientCredentials;
  readonly url: ShardUrl;
  readonly gate: ShardGate;
  readonly transport: Transport;
}

/**
 * Asks a shard for a token by client credentials (RFC 6749, 4.4). Counts against the rate, but takes no slot: whoever waits for
 * the token holds one.
 *
 * @throws PenstockError HTTP_CREDENTIALS_REFUSED, HTTP_TOKEN_UNUSABLE, and what calls throw.
 */
export async function requestToken(options: TokenRequestOptions, signal: AbortSignal): Promise<IssuedToken> {
  const { gate, auth, shard } = options;
  const facts = { shard, endpoint: auth.path };
  await gate.takePoint(signal);
  const call = gate.begin({ kind: 'token', way: null, facts }, { slice: NO_SLICE, signal });
  try {
    const token = await send(options, call, facts);
    call.succeeded();
    return token;
  } catch (error) {
    throw call.failed(error);
  } finally {
    call.end();
  }
}

async function send(options: TokenRequestOptions, call: WireCall, facts: Facts): Promise<IssuedToken> {
  const { auth, url, transport } = options;
  const credentials = Buffer.from(`${url.client}:${url.secret}`).toString('base64');
  const headers = {
    authorization: `Basic ${credentials}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const path = `${url.basePath}${auth.path}`;
  const body = 'grant_type=client_credentials';
  const answer = await transport.send({ method: 'POST', path, headers, body }, facts, call.signal);
  const refused = refusalOf(answer, facts, options.gate);
  if (refused !== undefined) {
    await transport.discard(answer);
    throw refused;
  }
  const chunks: Buffer[] = [];
  const arrived = (bytes: number): void => {
    call.bytes += bytes;
  };
  for await (const chunk of readChunks(answer, MAX_ANSWER_BYTES, arrived, facts)) chunks.push(chunk);
  return tokenIn(parseJson(Buffer.concat(chunks), facts), facts);
}

function refusalOf(answer: AnswerHead, facts: Facts, gate: ShardGate): PenstockError | undefined {
  const { status } = answer;
  if ([400, 401, 403].includes(status))
    return new PenstockError(httpErrors.credentialsRefused, { ...facts, status });
  const error = statusError(status, facts, answer.retryAfterMs);
  if (error !== undefined && isError(error, httpErrors.rateLimited)) gate.backOff(answer.retryAfterMs ?? 0);
  if (error !== undefined || answer.isJson) return error;
  return new PenstockError(httpErrors.wrongContentType, { ...facts, status });
}

function tokenIn(answer: unknown, facts: Facts): IssuedToken {
  const { access_token: token, expires_in: seconds } = (answer ?? {}) as Record<string, unknown>;
  const lifetimeMs = Number(seconds) * 1000;
  const usable =
    typeof token === 'string' && TOKEN.test(token) && lifetimeMs > 0 && lifetimeMs < Number.MAX_SAFE_INTEGER;
  if (!usable) throw new PenstockError(httpErrors.tokenUnusable, facts);
  return { token, lifetimeMs };
}
