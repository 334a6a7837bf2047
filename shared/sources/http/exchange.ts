import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import {
  type Answer,
  type AnswerHead,
  type AnswerHeaders,
  headOf,
  type TakePiece,
  type TakeWhole,
} from './answer.ts';

/** What an answer whose body nobody waits for any longer is cut with. */
const LEFT = new Error('the body was left');

export interface ExchangeOptions {
  readonly signal: AbortSignal;
  readonly takeWhole: TakeWhole;
  /** Told of each piece of a body once all of it was copied. */
  readonly copied: TakePiece;
}

/**
 * One request on its way, told of by undici. A body that is taken in whole is copied piece by piece from the memory it was received in;
 * any other becomes a stream of copies. Once the signal fires or the answer was given up, nothing more is handed on.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #answered = Promise.withResolvers<Answer>();
  #controller: Dispatcher.DispatchController | undefined;
  #head: AnswerHead | undefined;
  #take: TakePiece | null = null;
  #body: Readable | null = null;
  #isOver = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { signal } = options;
    if (signal.aborted) this.#abort();
    else signal.addEventListener('abort', this.#abort, { once: true });
  }

  /**
   * The answer, once its head is there, or once its body was taken in whole.
   *
   * @throws the signal's reason as soon as it aborts; what undici tells.
   */
  get answer(): Promise<Answer> {
    return this.#answered.promise;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // While it waited for its connection there was nothing to be told.
    if (this.#isOver) controller.abort(LEFT);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (this.#isOver || status < 200) return;
    const head = headOf(status, headers);
    this.#head = head;
    this.#take = this.#options.takeWhole(head);
    if (this.#take !== null) return;
    this.#body = this.#streamOf(controller);
    this.#answered.resolve({ ...head, body: this.#body });
  }

  onResponseData(controller: Dispatcher.DispatchController, piece: Buffer): void {
    if (this.#isOver) return;
    if (this.#take !== null) this.#take(piece);
    else if (this.#body?.push(Buffer.from(piece)) === false) controller.pause();
    this.#options.copied(piece);
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#end();
    this.#body?.push(null);
    if (this.#take !== null && this.#head !== undefined)
      this.#answered.resolve({ ...this.#head, body: null });
  }

  onResponseError(_: unknown, error: Error): void {
    if (!this.#isOver) this.#fail(error);
  }

  #streamOf(controller: Dispatcher.DispatchController): Readable {
    const body = new Readable({
      read: () => controller.resume(),
      destroy: (error, done) => {
        if (!this.#isOver) this.#end();
        if (!body.readableEnded) controller.abort(error ?? LEFT);
        done(error);
      },
    });
    // Whoever reads it is told by the reading.
    return body.on('error', () => undefined);
  }

  readonly #abort = (): void => {
    this.#fail(this.#options.signal.reason);
    this.#controller?.abort(LEFT);
  };

  #fail(error: Error): void {
    this.#end();
    this.#answered.reject(error);
    this.#body?.destroy(error);
  }

  #end(): void {
    this.#isOver = true;
    this.#options.signal.removeEventListener('abort', this.#abort);
  }
}
