import { readFileSync } from 'node:fs';

/** What `assembly/index.ts` exports. */
export interface PickerModule {
  readonly memory: WebAssembly.Memory;
  place(region: number, from: number, to: number): void;
  setUp(levels: number, answer: number, segments: number): void;
  setLevel(level: number, root: number, cells: number): void;
  setColumns(from: number, to: number, quote: number): void;
  read(): number;
  write(): number;
  remember(consumer: number, from: number, to: number): void;
  dropsTo(level: number): number;
  readonly fullRegion: WebAssembly.Global;
  readonly elementsTo: WebAssembly.Global;
  readonly rowsTo: WebAssembly.Global;
  readonly checksTo: WebAssembly.Global;
  readonly unknownTo: WebAssembly.Global;
  readonly arrayFrom: WebAssembly.Global;
  readonly arrayTo: WebAssembly.Global;
  readonly outputTo: WebAssembly.Global;
}

let compiled: WebAssembly.Module | undefined;

/** An instance with memory of its own; the code is compiled once in a process. */
export function newPickerModule(): PickerModule {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('picker.wasm', import.meta.url)));
  return new WebAssembly.Instance(compiled, {}).exports as unknown as PickerModule;
}
