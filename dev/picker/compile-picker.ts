import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const SOURCE = 'shared/pipeline/picker/assembly/index.ts';
/** Where the compiled module stands, from the project's root. */
export const PICKER_MODULE = 'shared/pipeline/picker/picker.wasm';

/** No runtime: the module allocates nothing, and memory is laid out by who uses it. */
const OPTIONS = ['--runtime', 'stub', '-O3', '--noAssert', '--enable', 'simd', '--outFile', 'picker.wasm'];

/**
 * Compiles the picker's module from its source, the same bytes every time.
 *
 * @param root the project's root folder.
 * @throws Error with what the compiler says.
 */
export async function compilePicker(root: string): Promise<Uint8Array> {
  let module: Uint8Array | undefined;
  const writeFile = (_name: string, contents: Uint8Array | string): void => {
    if (typeof contents !== 'string') module = contents;
  };
  const { error, stderr } = await asc.main([join(root, SOURCE), ...OPTIONS], { writeFile });
  if (error !== null || module === undefined)
    throw new Error(`${error?.message ?? 'nothing written'}\n${stderr}`);
  return module;
}
