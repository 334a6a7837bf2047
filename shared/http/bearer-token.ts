import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { sendProblem } from './problem.ts';

/**
 * Lets a request pass whose bearer token is the configured one. Digests are compared in constant time, so neither
 * length nor prefix can be learnt.
 *
 * @param token undefined refuses everything.
 */
export function requireBearerToken(token: string | undefined): RequestHandler {
  const expected = token === undefined ? undefined : digest(token);
  return (request, response, next) => {
    const given = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1];
    if (expected !== undefined && given !== undefined && timingSafeEqual(digest(given), expected))
      return next();
    response.set('WWW-Authenticate', 'Bearer');
    const detail =
      expected === undefined ? 'PENSTOCK_API_TOKEN is not set here.' : 'Send Authorization: Bearer <token>.';
    sendProblem(response, { status: 401, detail });
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
