import type { Endpoint } from './endpoint.ts';

/** An answer about to be sent, after fuzz and faults have been at it. */
export interface SentAnswer {
  readonly status: number;
  /** Words of the status line; left out for those the simulator would choose. */
  readonly reason?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** Written to the connection in place of all the above, which then ends: what is no HTTP. */
  readonly raw?: Buffer;
}

/** What an answer is for. */
export interface AnswerPlace {
  readonly shard: string;
  readonly endpoint: Endpoint | 'unknown';
  readonly customer: string | null;
}

/** Changes answers on their way out, for tests that want something at a place of their own choice. */
export interface Tamper {
  /** The path and query a request is taken for, so that what was put into a cursor can be taken out again. */
  target(target: string): string;
  answer(answer: SentAnswer, place: AnswerPlace): SentAnswer;
}
