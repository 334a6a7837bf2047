import { readFileSync } from 'node:fs';

/** What `assembly/index.ts` exports. */
export interface RowFileModule {
  readonly memory: WebAssembly.Memory;
  place(region: number, from: number, to: number): void;
  split(from: number, to: number, cells: number, most: number, quote: number): number;
  hashRows(rows: number, fields: number, styles: number, laneBytes: number): void;
  fieldPage(rows: number, field: number, kind: number): number;
  stampPage(rows: number, spoolCell: number, most: number, at: number): number;
  hashPage(rows: number): number;
  readonly linesTo: WebAssembly.Global;
  readonly longestLine: WebAssembly.Global;
  readonly nulls: WebAssembly.Global;
}

/** Writes something of a column's text in the module's memory into it. @returns how many bytes. */
export type ForeignWriter = (column: number, from: number, length: number, to: number) => number;

let compiled: WebAssembly.Module | undefined;

/** An instance with memory of its own; the code is compiled once in a process. */
export function newRowFileModule(foreign: {
  readonly foreignValue: ForeignWriter;
  readonly foreignHash: ForeignWriter;
}): RowFileModule {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('row-file.wasm', import.meta.url)));
  return new WebAssembly.Instance(compiled, { host: foreign }).exports as unknown as RowFileModule;
}
