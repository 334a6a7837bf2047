import { readFileSync } from 'node:fs';

/**
 * A module that the repository keeps (`dev/wasm`), compiled once in a process, when it is first wanted.
 *
 * @returns what makes an instance of it, with memory of its own, and gives its exports.
 */
export function keptModule<Exports>(file: URL): (imports: object) => Exports {
  let compiled: WebAssembly.Module | undefined;
  return (imports) => {
    compiled ??= new WebAssembly.Module(readFileSync(file));
    return new WebAssembly.Instance(compiled, imports).exports as unknown as Exports;
  };
}
