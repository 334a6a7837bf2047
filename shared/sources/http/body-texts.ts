import { BodyText } from './body-text.ts';

/** Memory of texts that nobody uses at the moment. */
const MAX_IDLE_BYTES = 32 * 1024 * 1024;

/**
 * Places for bodies, used again. A body arrives in pieces while others do; pieces that wait for the rest of theirs outlive the young
 * generation, and what is old is collected late: they made up most of what an extractor's memory grew by.
 */
export class BodyTexts {
  readonly #idle: BodyText[] = [];
  #idleBytes = 0;

  /** An empty text, to be given back. */
  take(): BodyText {
    const text = this.#idle.pop();
    this.#idleBytes -= text?.capacity ?? 0;
    return text ?? new BodyText();
  }

  giveBack(text: BodyText): void {
    if (this.#idleBytes + text.capacity > MAX_IDLE_BYTES) return;
    text.clear();
    this.#idle.push(text);
    this.#idleBytes += text.capacity;
  }
}
