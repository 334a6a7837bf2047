/**
 * Names whose own definition has a problem. That is the cause to mend: that others name them and find nothing only follows from it, and
 * is not told.
 */
export class BrokenNames {
  readonly #nodes = new Set<string>();
  readonly #macros = new Set<string>();
  readonly #properties: string[] = [];

  /** A model, seed or snapshot. */
  addNode(name: string): void {
    this.#nodes.add(name);
  }

  /** A file of macros that cannot be parsed: what its text says it defines. */
  addMacros(text: string): void {
    for (const [, kind = '', name = ''] of text.matchAll(/\{%[-+]?\s*(macro|test|data_test)\s+(\w+)/g)) {
      this.#macros.add(kind === 'macro' ? name : `test_${name}`);
    }
  }

  /** A file of properties that cannot be read. */
  addProperties(text: string): void {
    this.#properties.push(text);
  }

  hasNode(name: string): boolean {
    return this.#nodes.has(name);
  }

  hasMacro(name: string): boolean {
    return this.#macros.has(name);
  }

  /** True when one of the files that cannot be read may have declared it. */
  mayHaveSource(source: string, table: string): boolean {
    return this.#properties.some((text) => text.includes(source) && text.includes(table));
  }
}
