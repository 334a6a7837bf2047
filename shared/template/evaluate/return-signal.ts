import type { Value } from '../values/value.ts';

/** Ends the running macro with a value. Thrown by `return()`, caught by the macro's call; never leaves a render. */
export class ReturnSignal {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}
