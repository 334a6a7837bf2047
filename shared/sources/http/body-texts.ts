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

  /** An empty text, to be given back. @param bytes it will be long at least. */
  take(bytes = 0): BodyText {
    const fitting = this.#idle.findIndex(({ capacity }) => capacity >= bytes);
    const [text = new BodyText()] = fitting < 0 ? this.#idle.splice(-1) : this.#idle.splice(fitting, 1);
    this.#idleBytes -= text.capacity;
    text.expect(bytes);
    return text;
  }

  giveBack(text: BodyText): void {
    if (this.#idleBytes + text.capacity > MAX_IDLE_BYTES) return;
    text.clear();
    this.#idle.push(text);
    this.#idleBytes += text.capacity;
  }
}
