import { HostObject } from '../values/host-object.ts';

/** Answers nothing when first called, its separator ever after. */
export class Joiner extends HostObject {
  readonly typeName = 'Joiner';
  readonly #separator: string;
  #isUsed = false;

  constructor(separator: string) {
    super();
    this.#separator = separator;
  }

  override call(): string {
    if (this.#isUsed) return this.#separator;
    this.#isUsed = true;
    return '';
  }
}
