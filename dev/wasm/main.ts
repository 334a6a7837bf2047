import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compileModule, MODULES } from './compile-module.ts';

const root = dirname(dirname(import.meta.dirname));
for (const module of MODULES) await writeFile(join(root, module.kept), await compileModule(root, module));
