import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorDefinition, isError, PenstockError } from '#shared/errors/penstock-error.ts';
import type { HttpSourceDeclaration } from '#shared/pipeline/http-declaration.ts';
import type { RowPicker } from '#shared/pipeline/picker/picked-answer.ts';
import { rateErrors } from '#shared/rate-limit/errors.ts';
import type { Answer, AnswerHead, StreamedAnswer, TakePiece } from './answer.ts';
import { httpErrors } from './errors.ts';
import type { RawPiece } from './http-source.ts';
import { raceSignal } from './race-signal.ts';
import { readChunks } from './read-chunks.ts';
import { type AnswerEnd, readRows, WHOLE_BODY_BYTES, WholeBody } from './read-rows.ts';
import { requestToken } from './request-token.ts';
import { callRetryDelayMs } from './retry-delay.ts';
import type { RowPath } from './row-path.ts';
import type { CallOwner, ShardGate } from './shard-gate.ts';
import type { ShardUrl } from './shard-url.ts';
import { statusError } from './status-error.ts';
import { TokenProvider } from './token-provider.ts';
import { Transport } from './transport.ts';
import type { CallKind, WireCall } from './wire-call.ts';

/** How long the shard's calls are held back after a 429 that does not say. */
const DEFAULT_BACK_OFF_MS = 1_000;

/** Retryable, but not by repeating the call: the shard is left alone, or the wait was already long. */
const NOT_BY_THE_CALL: readonly ErrorDefinition[] = [httpErrors.shardDown, ...Object.values(rateErrors)];

export interface ShardClientOptions {
  readonly shard: string;
  readonly url: ShardUrl;
  readonly source: HttpSourceDeclaration;
  readonly userAgent: string;
  readonly gate: ShardGate;
}

/** One GET, and where its rows stand. */
export interface Call extends CallKind {
  /** With its query. */
  readonly path: string;
  readonly rows: RowPath;
  /** Reads rows without parsing the answer; null to have them parsed. */
  readonly picker: RowPicker | null;
}

/** For whom a call is made. */
export interface CallContext extends CallOwner {
  readonly retried?: () => void;
}

/** Calls one shard: token, limits, deadlines and repetitions included. */
export class ShardClient {
  readonly shard: string;
  readonly basePath: string;
  readonly #options: ShardClientOptions;
  readonly #transport: Transport;
  readonly #tokens: TokenProvider | undefined;

  constructor(options: ShardClientOptions) {
    const { shard, url, source, userAgent, gate } = options;
    const { connections, requestTimeoutMs } = source.limits;
    this.shard = shard;
    this.basePath = url.basePath;
    this.#options = options;
    this.#transport = new Transport({ origin: url.origin, connections, requestTimeoutMs, userAgent });
    const { auth } = source;
    if (auth !== null) {
      const request = { shard, auth, url, gate, transport: this.#transport };
      this.#tokens = new TokenProvider({
        issue: (signal) => requestToken(request, signal),
        renewBeforeMs: auth.renewBeforeMs,
      });
    }
  }

  /**
   * Rows of one answer; the call is repeated as often as declared. Rows of a large answer that breaks off come again with its
   * repetition: whoever reads must know them.
   *
   * @returns the answer, without its rows if it was large.
   * @throws PenstockError HTTP_*, RATE_*; the signal's reason.
   */
  async *read(call: Call, context: CallContext): AsyncGenerator<RawPiece[], unknown, undefined> {
    const end = yield* this.#repeating(call, context);
    if (end.rows.length > 0) yield end.rows;
    return end.envelope;
  }

  close(): Promise<void> {
    return this.#transport.close();
  }

  async *#repeating(call: Call, context: CallContext): AsyncGenerator<RawPiece[], AnswerEnd, undefined> {
    let renewed = false;
    for (let failures = 0; ; ) {
      try {
        return yield* this.#attempt(call, context);
      } catch (error) {
        // Once a try: the token may have expired under way, or been withdrawn.
        renewed = !renewed && this.#tokens !== undefined && isRefusal(error);
        if (!renewed) {
          failures += 1;
          const final = failures >= this.#options.source.limits.attempts;
          if (final || !isRepeatable(error) || context.signal.aborted) throw error;
          await this.#pauseBefore(error, failures, context.signal);
        }
        context.retried?.();
      }
    }
  }

  async #pauseBefore(error: PenstockError, failures: number, signal: AbortSignal): Promise<void> {
    const asked = error.facts['retryAfterMs'];
    const delayMs = callRetryDelayMs(failures, typeof asked === 'number' ? asked : 0, Math.random());
    const slept = new AbortController();
    try {
      await raceSignal(sleep(delayMs, undefined, { signal: slept.signal }), signal);
    } finally {
      slept.abort();
    }
  }

  async *#attempt(call: Call, context: CallContext): AsyncGenerator<RawPiece[], AnswerEnd, undefined> {
    const { gate } = this.#options;
    const release = await gate.admit(context, call.facts);
    try {
      const token = await this.#tokens?.get(context.signal);
      const wire = gate.begin(call, context);
      try {
        const end = yield* this.#exchange(call, wire, token);
        wire.succeeded();
        return end;
      } catch (error) {
        throw wire.failed(error);
      } finally {
        wire.end();
      }
    } finally {
      release();
    }
  }

  async *#exchange(
    call: Call,
    wire: WireCall,
    token: string | undefined,
  ): AsyncGenerator<RawPiece[], AnswerEnd, undefined> {
    const whole = new WholeBody();
    try {
      const answer = await this.#send(call, wire, token, whole);
      if (answer.body === null) return whole.rows(call.rows, call.facts, call.picker);
      return yield* this.#stream(answer, call, wire);
    } finally {
      whole.release();
    }
  }

  /** Sends the call; a good answer that is short and says so is taken in whole. */
  async #send(call: Call, wire: WireCall, token: string | undefined, whole: WholeBody): Promise<Answer> {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const takeWhole = (head: AnswerHead): TakePiece | null => {
      const { lengthBytes } = head;
      if (lengthBytes === null || !this.#isTakenWhole(head, lengthBytes)) return null;
      const add = whole.begin(lengthBytes);
      return (piece) => {
        wire.bytes += piece.length;
        add(piece);
      };
    };
    const request = { method: 'GET', path: call.path, headers } as const;
    const answer = await this.#transport.send(request, call.facts, wire.signal, takeWhole);
    if (answer.body !== null) await this.#check(answer, call, token);
    return answer;
  }

  #isTakenWhole({ status, isJson, isGzip }: AnswerHead, lengthBytes: number): boolean {
    if (status >= 300 || !isJson || isGzip) return false;
    return lengthBytes <= Math.min(this.#options.source.limits.maxBodyBytes, WHOLE_BODY_BYTES);
  }

  async *#stream(
    answer: StreamedAnswer,
    call: Call,
    wire: WireCall,
  ): AsyncGenerator<RawPiece[], AnswerEnd, undefined> {
    const { maxBodyBytes } = this.#options.source.limits;
    const arrived = (bytes: number): void => {
      wire.bytes += bytes;
    };
    const chunks = readChunks(answer, maxBodyBytes, arrived, call.facts);
    const rows = readRows(chunks, call.rows, call.facts, call.picker);
    try {
      for (;;) {
        const step = await rows.next();
        if (step.done) return step.value;
        // While the rows are taken away the API is not what is waited for.
        wire.deadline.pause();
        yield step.value;
        wire.deadline.resume();
      }
    } finally {
      await rows.return({ rows: [], envelope: null });
    }
  }

  /** @throws PenstockError of a status that is not 2xx, or of an answer that is no JSON. */
  async #check(answer: StreamedAnswer, call: Call, token: string | undefined): Promise<void> {
    const { status, isJson } = answer;
    const error =
      statusError(status, call.facts, answer.retryAfterMs) ??
      (isJson ? undefined : new PenstockError(httpErrors.wrongContentType, { ...call.facts, status }));
    if (error === undefined) return;
    if (isError(error, httpErrors.rateLimited))
      this.#options.gate.backOff(answer.retryAfterMs ?? DEFAULT_BACK_OFF_MS);
    if (isError(error, httpErrors.unauthorized) && token !== undefined) this.#tokens?.refuse(token);
    await this.#transport.discard(answer);
    throw error;
  }
}

function isRefusal(error: unknown): boolean {
  return isError(error, httpErrors.unauthorized);
}

function isRepeatable(error: unknown): error is PenstockError {
  if (!(error instanceof PenstockError) || error.retry !== 'retryable') return false;
  return !NOT_BY_THE_CALL.some((definition) => error.code === definition.code);
}
