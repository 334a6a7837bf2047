import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compilePicker, PICKER_MODULE } from './compile-picker.ts';

const root = dirname(dirname(import.meta.dirname));
await writeFile(join(root, PICKER_MODULE), await compilePicker(root));
