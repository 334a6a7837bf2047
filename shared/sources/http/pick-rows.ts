import { isUtf8 } from 'node:buffer';
import type { JsonText } from '#shared/json/json-text.ts';
import { skipColon, skipJson, skipSpace, skipString } from '#shared/json/skip-json.ts';
import type { PickedRow, RowPicker } from '#shared/pipeline/projection/row-picker.ts';
import type { AnswerEnd } from './read-rows.ts';
import type { RowPath } from './row-path.ts';

/**
 * Rows of a whole body by a picker.
 *
 * @returns undefined when the body is to be parsed, which then says what is wrong with it, if anything is.
 */
export function pickRows(body: JsonText, path: RowPath, picker: RowPicker | null): AnswerEnd | undefined {
  if (picker === null || path.outer === null || !isUtf8(body.whole)) return undefined;
  return new Answer(body, path.outer, picker).read();
}

/** One answer: everything but the array of rows is looked through, to be parsed at the end. */
class Answer {
  readonly #text: JsonText;
  readonly #keys: readonly string[];
  readonly #picker: RowPicker;
  readonly #rows: PickedRow[] = [];
  /** The array of rows, brackets included. */
  #from = -1;
  #to = -1;

  constructor(text: JsonText, keys: readonly string[], picker: RowPicker) {
    this.#text = text;
    this.#keys = keys;
    this.#picker = picker;
  }

  read(): AnswerEnd | undefined {
    const { bytes, view, length } = this.#text;
    const end = this.#descend(skipSpace(view, 0), 0);
    if (end < 0 || this.#from < 0 || skipSpace(view, end) !== length) return undefined;
    const around = `${bytes.toString('utf8', 0, this.#from)}[]${bytes.toString('utf8', this.#to, length)}`;
    const envelope = JSON.parse(around) as unknown;
    let last: unknown[] | undefined;
    for (const { parents } of this.#rows) {
      if (parents !== last) parents.push(envelope);
      last = parents;
    }
    return { rows: this.#rows, envelope };
  }

  /** The value that the first `depth` keys lead to. @returns the index after it, or -1. */
  #descend(at: number, depth: number): number {
    if (depth < this.#keys.length) return this.#object(at, depth);
    this.#from = at;
    this.#to = this.#picker.pick(this.#text, at, this.#rows);
    return this.#to;
  }

  #object(from: number, depth: number): number {
    const { bytes, view: text } = this.#text;
    if (text.getUint8(from) !== 0x7b) return -1;
    let isFound = false;
    let at = skipSpace(text, from + 1);
    if (text.getUint8(at) === 0x7d) return at + 1;
    for (;;) {
      const keyEnd = text.getUint8(at) === 0x22 ? skipString(text, at) : -1;
      const value = keyEnd < 0 ? -1 : skipColon(text, keyEnd);
      if (value < 0) return -1;
      const key = JSON.parse(bytes.toString('utf8', at, keyEnd)) as string;
      const leadsOn = key === this.#keys[depth];
      // A key that comes twice: the last one counts, and rows of the first would have been read.
      if (leadsOn && isFound) return -1;
      isFound ||= leadsOn;
      at = leadsOn ? this.#descend(value, depth + 1) : skipJson(text, value);
      if (at < 0) return -1;
      at = skipSpace(text, at);
      if (text.getUint8(at) === 0x7d) return at + 1;
      if (text.getUint8(at) !== 0x2c) return -1;
      at = skipSpace(text, at + 1);
    }
  }
}
