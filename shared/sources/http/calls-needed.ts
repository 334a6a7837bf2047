/** How many calls the reading of a slice takes, as far as is known. */
export class CallsNeeded {
  made = 0;
  #known = 0;

  /** Those made, and at least one more. */
  get needed(): number {
    return Math.max(this.#known, this.made + 1);
  }

  /** So many more are known to be needed. */
  expect(calls: number): void {
    this.#known = this.made + calls;
  }
}
