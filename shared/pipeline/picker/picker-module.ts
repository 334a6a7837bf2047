import { keptModule } from '#shared/wasm/kept-module.ts';

/** What `assembly/index.ts` exports. */
export interface PickerModule {
  readonly memory: WebAssembly.Memory;
  place(region: number, from: number, to: number): void;
  setUp(levels: number, answer: number, segments: number): void;
  setLevel(level: number, root: number, cells: number): void;
  setColumns(from: number, to: number, quote: number): void;
  setRow(entityCell: number, eventCell: number): void;
  read(): number;
  write(): number;
  remember(consumer: number, from: number, to: number): void;
  dropsTo(level: number): number;
  readonly fullRegion: WebAssembly.Global;
  readonly elementsTo: WebAssembly.Global;
  readonly rowBytes: WebAssembly.Global;
  readonly rowsTo: WebAssembly.Global;
  readonly checksTo: WebAssembly.Global;
  readonly unknownTo: WebAssembly.Global;
  readonly arrayFrom: WebAssembly.Global;
  readonly arrayTo: WebAssembly.Global;
  readonly outputTo: WebAssembly.Global;
  readonly doubts: WebAssembly.Global;
  readonly readyTo: WebAssembly.Global;
}

const newInstance = keptModule<PickerModule>(new URL('picker.wasm', import.meta.url));

/**
 * An instance with memory of its own; the code is compiled once in a process. Its exports are an object of a hidden class of its own, for
 * which V8 would compile anew whatever uses it: they are handed on in one that is alike for all instances.
 */
export function newPickerModule(): PickerModule {
  const exports = newInstance({});
  return {
    memory: exports.memory,
    place: exports.place,
    setUp: exports.setUp,
    setLevel: exports.setLevel,
    setColumns: exports.setColumns,
    setRow: exports.setRow,
    read: exports.read,
    write: exports.write,
    remember: exports.remember,
    dropsTo: exports.dropsTo,
    fullRegion: exports.fullRegion,
    elementsTo: exports.elementsTo,
    rowBytes: exports.rowBytes,
    rowsTo: exports.rowsTo,
    checksTo: exports.checksTo,
    unknownTo: exports.unknownTo,
    arrayFrom: exports.arrayFrom,
    arrayTo: exports.arrayTo,
    outputTo: exports.outputTo,
    doubts: exports.doubts,
    readyTo: exports.readyTo,
  };
}
