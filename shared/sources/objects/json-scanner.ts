import { BrokenObject } from './broken-object.ts';
import { MAX_ROW_LENGTH } from './raw-row.ts';

/** What may stand around the rows of a document, e.g. `{"run": 1, "items": [` … `]}`. */
const MAX_FRAME_LENGTH = 1 << 20;

const OUTSIDE = /["[\]{},]/g;
const IN_STRING = /["\\]/g;

/**
 * Cuts the elements out of a JSON document that is an array, or an object with one array as member, chunk by chunk. It only
 * counts brackets: the document is valid if every element is, and the frame that is left, with an empty array in it.
 */
export class JsonScanner {
  #frame = '';
  /** Text of the element under way, and its length. */
  #element: string[] = [];
  #length = 0;
  #number = 1;
  #place: 'frame' | 'rows' = 'frame';
  /** Open brackets of the frame, and within the element. */
  #frameDepth = 0;
  #depth = 0;
  #hasRows = false;
  #inString = false;
  /** A chunk ended between a backslash and what it escapes. */
  #isEscaped = false;

  /**
   * @returns texts of the elements that end in this chunk.
   * @throws BrokenObject several-arrays, row-too-long, not-json.
   */
  feed(chunk: string): string[] {
    const elements: string[] = [];
    let taken = 0;
    for (let at = this.#next(chunk, 0); at < chunk.length; at = this.#next(chunk, at + 1)) {
      const character = chunk[at] ?? '';
      if (this.#place === 'frame') {
        if (!this.#opensRows(character)) continue;
        this.#addToFrame(chunk.slice(taken, at + 1));
        taken = at + 1;
      } else if (this.#endsElement(character)) {
        this.#addToElement(chunk.slice(taken, at));
        elements.push(...this.#takeElement(character));
        taken = character === ',' ? at + 1 : at;
      }
    }
    if (this.#place === 'frame') this.#addToFrame(chunk.slice(taken));
    else this.#addToElement(chunk.slice(taken));
    return elements;
  }

  /**
   * @returns the document without its rows.
   * @throws BrokenObject truncated, no-array.
   */
  end(): string {
    if (this.#place === 'rows' || this.#inString || this.#frameDepth > 0) throw new BrokenObject('truncated');
    if (this.#hasRows) return this.#frame;
    throw new BrokenObject(this.#frame.trim() === '' ? 'truncated' : 'no-array');
  }

  /** Place of the next bracket or comma outside of strings, from `at`; the chunk's length when there is none. */
  #next(chunk: string, from: number): number {
    let at = from;
    while (at < chunk.length) {
      if (this.#isEscaped) {
        this.#isEscaped = false;
        at += 1;
        continue;
      }
      const pattern = this.#inString ? IN_STRING : OUTSIDE;
      pattern.lastIndex = at;
      at = pattern.exec(chunk)?.index ?? chunk.length;
      if (chunk[at] === '\\') this.#isEscaped = true;
      else if (chunk[at] === '"') this.#inString = !this.#inString;
      else return at;
      at += 1;
    }
    return chunk.length;
  }

  /** The first array of the document, or of the object that it is. */
  #opensRows(character: string): boolean {
    if (character === ']' || character === '}') this.#frameDepth -= 1;
    if (character === '[' && this.#frameDepth <= 1) {
      if (this.#hasRows) throw new BrokenObject('several-arrays');
      this.#hasRows = true;
      this.#place = 'rows';
      return true;
    }
    if (character === '[' || character === '{') this.#frameDepth += 1;
    return false;
  }

  #endsElement(character: string): boolean {
    if (this.#depth === 0 && character === '}') throw new BrokenObject('not-json', this.#number);
    if (character === '[' || character === '{') this.#depth += 1;
    else if (this.#depth === 0) return true;
    else if (character !== ',') this.#depth -= 1;
    return false;
  }

  /** None for the bracket that ends an empty array. */
  #takeElement(character: string): string[] {
    const element = this.#element.join('');
    const isNone = character === ']' && this.#number === 1 && element.trim() === '';
    [this.#element, this.#length] = [[], 0];
    this.#number += 1;
    if (character === ']') this.#place = 'frame';
    return isNone ? [] : [element];
  }

  #addToElement(text: string): void {
    this.#element.push(text);
    this.#length += text.length;
    if (this.#length > MAX_ROW_LENGTH) throw new BrokenObject('row-too-long', this.#number);
  }

  #addToFrame(text: string): void {
    this.#frame += text;
    if (this.#frame.length > MAX_FRAME_LENGTH) throw new BrokenObject('row-too-long');
  }
}
