import type { ObjectNode } from '../projection/object-node.ts';
import type { PickedRows } from './picked-rows.ts';

/**
 * Reads rows out of an answer's bytes, for one projection: they come as lines of text, in which there is nothing but what their
 * contract allows, and nothing else of the answer becomes a value. What it makes of an answer is what projecting its parsed rows
 * makes; where it is not certain of that it gives the answer back, or the elements it is about.
 */
export interface RowPicker {
  /** Whether rows hold the event's time, so that each picked one tells its own. */
  readonly holdsEventTime: boolean;
  /**
   * @param answer valid UTF-8.
   * @returns undefined when the answer is to be parsed instead.
   */
  pick(answer: Buffer): PickedAnswer | undefined;
}

/** What was read of an answer. */
export interface PickedAnswer {
  /** In their order: rows, and elements of the outermost array that are to be parsed, which may hold several or none. */
  readonly rows: readonly (PickedRows | DoubtfulElement)[];
  /** The outermost array, brackets included. */
  readonly arrayFrom: number;
  readonly arrayTo: number;
}

/** Where an element stands that is to be parsed. */
export class DoubtfulElement {
  readonly from: number;
  readonly to: number;

  constructor(from: number, to: number) {
    this.from = from;
    this.to = to;
  }
}

/** Objects whose other keys are counted. */
export interface CountedNode {
  readonly node: ObjectNode;
  readonly address: number;
}
