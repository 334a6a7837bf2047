import type { Value } from '../values/value.ts';
import type { Output } from './output.ts';
import type { Run } from './run.ts';

/** Where names come from that a template does not set itself. A Map is one. */
export interface NameSource {
  get(name: string): Value | undefined;
}

/** The template a piece of code was written in. */
export interface Unit {
  readonly file: string;
  readonly source: string;
}

interface FrameOptions {
  readonly run: Run;
  readonly unit: Unit;
  readonly output: Output;
  readonly parent?: Frame | undefined;
  readonly source?: NameSource | undefined;
}

/** One scope: what is set in it goes when it ends; names are looked up outwards. */
export class Frame {
  readonly run: Run;
  readonly unit: Unit;
  readonly output: Output;
  readonly parent: Frame | undefined;
  readonly source: NameSource | undefined;
  #names: Map<string, Value> | undefined;

  constructor(options: FrameOptions) {
    this.run = options.run;
    this.unit = options.unit;
    this.output = options.output;
    this.parent = options.parent;
    this.source = options.source;
  }

  /** A scope inside this one, writing to the same output unless another is given. */
  inner(output: Output = this.output): Frame {
    return new Frame({ run: this.run, unit: this.unit, output, parent: this });
  }

  get(name: string): Value | undefined {
    for (let frame: Frame | undefined = this; frame !== undefined; frame = frame.parent) {
      const own = frame.#names?.get(name);
      if (own !== undefined) return own;
      const given = frame.source?.get(name);
      if (given !== undefined) return given;
    }
    return undefined;
  }

  set(name: string, value: Value): void {
    this.#names ??= new Map();
    this.#names.set(name, value);
  }

  /** Names set in this very scope. */
  ownNames(): ReadonlyMap<string, Value> {
    return this.#names ?? new Map();
  }
}
