import { join } from 'node:path';
import asc from 'assemblyscript/asc';

/** A WebAssembly module that the repository keeps; paths from the project's root. */
export interface KeptModule {
  readonly source: string;
  readonly kept: string;
}

export const MODULES: readonly KeptModule[] = [
  { source: 'shared/pipeline/picker/assembly/index.ts', kept: 'shared/pipeline/picker/picker.wasm' },
  { source: 'shared/parquet/row-file/assembly/index.ts', kept: 'shared/parquet/row-file/row-file.wasm' },
];

/** No runtime: the modules allocate nothing, and memory is laid out by who uses it. */
const OPTIONS = ['--runtime', 'stub', '-O3', '--noAssert', '--enable', 'simd', '--outFile', 'module.wasm'];

/**
 * Compiles a module from its source, the same bytes every time.
 *
 * @param root the project's root folder.
 * @throws Error with what the compiler says.
 */
export async function compileModule(root: string, { source }: KeptModule): Promise<Uint8Array> {
  let module: Uint8Array | undefined;
  const writeFile = (_name: string, contents: Uint8Array | string): void => {
    if (typeof contents !== 'string') module = contents;
  };
  const { error, stderr } = await asc.main([join(root, source), ...OPTIONS], { writeFile });
  if (error !== null || module === undefined)
    throw new Error(`${error?.message ?? 'nothing written'}\n${stderr}`);
  return module;
}
