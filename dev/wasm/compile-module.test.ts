import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { compileModule, MODULES } from './compile-module.ts';

const ROOT = dirname(dirname(import.meta.dirname));

test.each(MODULES)(
  '$kept is what its source compiles to (`npm run wasm` writes it)',
  {
    timeout: 60_000,
  },
  async (module) => {
    const kept = await readFile(join(ROOT, module.kept));
    expect(kept.equals(await compileModule(ROOT, module))).toBe(true);
  },
);
