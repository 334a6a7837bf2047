import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { type Logger, pino } from 'pino';
import type { MarkForms } from './mark-forms.ts';

/** All that can be found out about an error, causes and hidden fields included: far more than is ever logged of it. */
const allOf = (error: unknown): string =>
  inspect(error, { depth: 12, showHidden: true, maxStringLength: null, maxArrayLength: null });

/** Takes text in as it is written, and tells afterwards where there was a mark. */
export class TextTap {
  /** Lines so far. */
  lines = 0;
  readonly #found = new Map<MarkForms, string[]>();

  /** Looks for these marks too, from now on. */
  watch(forms: MarkForms): void {
    this.#found.set(forms, []);
  }

  foundOf(forms: MarkForms): readonly string[] {
    return this.#found.get(forms) ?? [];
  }

  /** @param text one line or many. */
  take(text: string): void {
    for (const line of text.split('\n')) {
      if (line === '') continue;
      this.lines += 1;
      for (const [forms, found] of this.#found) if (forms.isIn(line)) found.push(line.slice(0, 2_000));
    }
  }
}

/** What services log, and the errors they met. */
export class LogTap extends TextTap {
  errors = 0;

  /** A logger at the lowest level that writes of each error whatever it holds. */
  logger(): Logger {
    const destination = new Writable({
      write: (chunk, _encoding, done) => {
        this.take(String(chunk));
        done();
      },
    });
    const err = (error: unknown): string => {
      this.errors += 1;
      return allOf(error);
    };
    return pino({ level: 'trace', serializers: { err } }, destination);
  }

  /** An error that was thrown or warned of, as a whole. */
  takeError(error: unknown): void {
    this.errors += 1;
    this.take(allOf(error));
  }
}
