import { fuzzBody, fuzzHeaders } from '../personal/fuzz.ts';
import { errorPage, personalHeaders } from '../personal/of-error.ts';
import type { Answer } from './answer.ts';
import { bodyText, damaged } from './body-text.ts';
import { contentOf } from './content.ts';
import type { Exchange } from './exchange.ts';
import type { SentAnswer } from './tamper.ts';

/** An answer as bytes. */
export type Rendered = SentAnswer;

type Content = Pick<Exchange, 'shard' | 'call' | 'faults' | 'draw'>;

/** Renders what was asked for, or takes it from the cache where nothing changes it. */
export function renderContent(exchange: Content): Rendered {
  const { shard, call, faults, draw } = exchange;
  const { cache, world } = shard.settings;
  const mayKeep = cache !== null && faults.leaveContent();
  const kept = mayKeep ? cache.get(shard.name, call) : undefined;
  if (kept !== undefined) return { status: 200, headers: headersOf(exchange), bytes: kept };
  const answer = contentOf({ world, shard: shard.name, call, faults, draw });
  const rendered = renderAnswer(exchange, answer);
  if (mayKeep && rendered.status === 200) cache.keep(shard.name, call, rendered.bytes);
  return rendered;
}

/** Renders an answer with what faults make of its body. */
export function renderAnswer(exchange: Content, answer: Answer): Rendered {
  const { shard, faults, draw } = exchange;
  const isFuzzed = shard.settings.fuzz || faults.has('fuzz');
  const headers = { ...headersOf(exchange), ...(isFuzzed ? fuzzHeaders(draw) : {}), ...answer.headers };
  if (faults.has('content-type')) {
    const html = { ...headers, 'content-type': 'text/html; charset=utf-8' };
    return { status: answer.status, headers: html, bytes: Buffer.from(errorPage(draw)) };
  }
  const body = isFuzzed ? fuzzBody(draw, answer.body) : answer.body;
  return { status: answer.status, headers, bytes: Buffer.from(damaged(bodyText(body, faults), faults)) };
}

function headersOf({ shard, faults, draw }: Content): Record<string, string> {
  const nowMs = shard.settings.world.clock() + (faults.of('clock-skew')?.ms ?? 0);
  return {
    'content-type': 'application/json; charset=utf-8',
    date: new Date(nowMs).toUTCString(),
    ...personalHeaders(draw),
  };
}
