import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { compilePicker, PICKER_MODULE } from './compile-picker.ts';

const ROOT = dirname(dirname(import.meta.dirname));

test('the module is what its source compiles to (`npm run picker` writes it)', {
  timeout: 60_000,
}, async () => {
  const kept = await readFile(join(ROOT, PICKER_MODULE));
  expect(kept.equals(await compilePicker(ROOT))).toBe(true);
});
