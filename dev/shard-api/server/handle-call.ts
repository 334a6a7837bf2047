import type { IncomingMessage, ServerResponse } from 'node:http';
import { refusalOf, tokenAnswer } from './admission.ts';
import { deliver, resetConnection } from './deliver.ts';
import { beginExchange, type Exchange, recordOutcome } from './exchange.ts';
import { type Rendered, renderAnswer, renderContent } from './render.ts';
import type { Shard } from './shard.ts';

/** Longer bodies are cut; the only one there is has 29 bytes. */
const LONGEST_FORM = 8_192;

/** Answers one request, faults included. */
export async function handleCall(
  shard: Shard,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const ended = shard.settings.counters.begin(shard.name);
  response.once('close', ended);
  response.sendDate = false;
  const exchange = beginExchange(shard, request, response);
  const form = await formOf(request);
  if (!(await pauseFor(exchange))) return recordOutcome(exchange, 0, 0);
  if (isLeftAlone(exchange)) return recordOutcome(exchange, 0, 0);
  await deliver(exchange, tampered(exchange, renderedOf(exchange, form)));
}

function renderedOf(exchange: Exchange, form: string): Rendered {
  const refusal = refusalOf(exchange);
  if (refusal !== undefined) return renderAnswer(exchange, refusal);
  if (exchange.call.endpoint === 'token') return renderAnswer(exchange, tokenAnswer(exchange, form));
  return renderContent(exchange);
}

function tampered({ shard, call, customer }: Exchange, rendered: Rendered): Rendered {
  const place = { shard: shard.name, endpoint: call.endpoint, customer };
  return shard.settings.tamper?.answer(rendered, place) ?? rendered;
}

/** Faults that show before a byte is sent. */
function isLeftAlone({ faults, response }: Exchange): boolean {
  if (faults.of('reset')?.stage === 'start') {
    resetConnection(response);
    return true;
  }
  return faults.of('timeout')?.stage === 'start';
}

/** Waits as long as the call's latency. @returns false when the client went away meanwhile. */
async function pauseFor({ faults, response, draw }: Exchange): Promise<boolean> {
  const latency = faults.of('latency');
  if (latency === undefined) return true;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(true), latency.ms + draw.unit(0) * latency.jitterMs);
  const gone = (): void => resolve(false);
  response.once('close', gone);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    response.off('close', gone);
  }
}

async function formOf(request: IncomingMessage): Promise<string> {
  if (request.method === 'GET') {
    request.resume();
    return '';
  }
  let text = '';
  try {
    for await (const chunk of request) text = `${text}${chunk}`.slice(0, LONGEST_FORM);
  } catch {
    // The client went away; nobody will read the answer.
  }
  return text;
}
