import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { sendProblem } from '#shared/http/problem.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Lets a browser see the read-only board with HTTP Basic (any user name, the API token as password); without a token
 * configured only requests from this machine pass.
 */
export function requireBoardAccess(token: string | undefined): RequestHandler {
  return (request, response, next) => {
    if (
      token === undefined
        ? isLoopback(request.socket.remoteAddress)
        : knows(request.get('authorization'), token)
    ) {
      return next();
    }
    response.set('WWW-Authenticate', 'Basic realm="penstock", charset="UTF-8"');
    sendProblem(response, {
      status: 401,
      detail: 'Log in with any name and the API token as password.',
    });
  };
}

function knows(header: string | undefined, token: string): boolean {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return false;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  return timingSafeEqual(digest(decoded.slice(decoded.indexOf(':') + 1)), digest(token));
}

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const isLoopback = (address: string | undefined): boolean => address !== undefined && LOOPBACK.has(address);
