import { keptModule } from '#shared/wasm/kept-module.ts';

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

const newInstance = keptModule<RowFileModule>(new URL('row-file.wasm', import.meta.url));

/** An instance with memory of its own. */
export const newRowFileModule = (host: {
  readonly foreignValue: ForeignWriter;
  readonly foreignHash: ForeignWriter;
}): RowFileModule => newInstance({ host });
