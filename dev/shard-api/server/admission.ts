import { type Answer, ok, problem } from './answer.ts';
import type { Exchange } from './exchange.ts';

/** Why a call is turned away before anybody looks at what it asks for; undefined when it is let in. */
export function refusalOf(exchange: Exchange): Answer | undefined {
  if (exchange.call.endpoint === 'token') return faultyRefusal(exchange);
  return unauthorized(exchange) ?? overBudget(exchange) ?? faultyRefusal(exchange);
}

function unauthorized({ shard, faults, draw, request }: Exchange): Answer | undefined {
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (shard.tokens.accepts(token, faults.of('expired-token')?.afterMs)) return undefined;
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
  return problem(draw, 401, 'token_invalid', 'the token is unknown or has expired', headers);
}

function overBudget({ shard, draw }: Exchange): Answer | undefined {
  const waitMs = shard.budget?.take() ?? 0;
  if (waitMs === 0) return undefined;
  const headers = { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1_000))) };
  return problem(draw, 429, 'rate_limited', 'too many calls', headers);
}

function faultyRefusal({ shard, faults, draw }: Exchange): Answer | undefined {
  const limited = faults.of('rate-limited');
  if (limited !== undefined) {
    const { retryAfterSeconds, asDate } = limited;
    const untilMs = shard.settings.world.clock() + retryAfterSeconds * 1_000;
    const retryAfter = asDate ? new Date(untilMs).toUTCString() : String(retryAfterSeconds);
    return problem(draw, 429, 'rate_limited', 'too many calls', { 'retry-after': retryAfter });
  }
  const failing = faults.of('server-error');
  return failing && problem(draw, failing.status, 'internal', 'something broke');
}

/** Answers a request for a token. */
export function tokenAnswer({ shard, call, draw, request }: Exchange, form: string): Answer {
  if (call.method !== 'POST') return problem(draw, 405, 'method_not_allowed', 'POST only', { allow: 'POST' });
  const basic = Buffer.from(`${shard.client}:${shard.secret}`).toString('base64');
  if (request.headers.authorization !== `Basic ${basic}`) {
    const headers = { 'www-authenticate': 'Basic realm="shard"' };
    return problem(draw, 401, 'invalid_client', 'client or secret is wrong', headers);
  }
  if (new URLSearchParams(form).get('grant_type') !== 'client_credentials') {
    return problem(draw, 400, 'unsupported_grant_type', 'only client_credentials');
  }
  const { token, expiresInSeconds } = shard.tokens.issue();
  return ok({ access_token: token, token_type: 'bearer', expires_in: expiresInSeconds });
}
