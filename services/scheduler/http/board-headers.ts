import type { RequestHandler } from 'express';

/**
 * The board's page names a font of another host, which a browser without a way there waits for before it shows anything,
 * and which would learn where the board is. Everything the page needs is served here, so nothing else is let in.
 */
const POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

/** Keeps a page to what this server serves, and out of frames, caches and referrers. */
export const boardHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': POLICY,
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  });
  next();
};
