import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SpilledText } from './spilled-text.ts';

let folder: string;
const line = `${'é'.repeat(500)}\n`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spilled-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function textOf(spilled: SpilledText): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of spilled.read()) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString('utf8');
}

async function fill(spilled: SpilledText, lines: number): Promise<number> {
  let waits = 0;
  for (let i = 0; i < lines; i += 1) {
    spilled.write(`${i} ${line}`);
    const full = spilled.settle();
    if (full !== undefined) waits += 1;
    await full;
  }
  await spilled.finish();
  return waits;
}

const expected = (lines: number): string => Array.from({ length: lines }, (_, i) => `${i} ${line}`).join('');

test('small text makes no file', async () => {
  const spilled = new SpilledText(join(folder, 'small'), 1 << 20);
  expect(await fill(spilled, 100)).toBe(0);
  expect(await textOf(spilled)).toBe(expected(100));
  expect(spilled.bytes).toBe(Buffer.byteLength(expected(100)));
  expect(await readdir(folder)).toEqual([]);
  await spilled.discard();
  expect(await textOf(spilled)).toBe('');
});

test('large text goes to a file of its owner, which can be read again and goes away', async () => {
  const path = join(folder, 'large');
  const spilled = new SpilledText(path, 100_000);
  expect(await fill(spilled, 5000)).toBeGreaterThan(10);
  for (const _ of [1, 2]) expect((await textOf(spilled)) === expected(5000)).toBe(true);
  expect((await stat(path)).size).toBe(spilled.bytes);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await spilled.discard();
  await spilled.discard();
  expect(await readdir(folder)).toEqual([]);
});

test('a folder that cannot be written fails the wait, and finish, and leaves nothing', async () => {
  const spilled = new SpilledText(join(folder, 'gone', 'text'), 1000);
  await expect(fill(spilled, 500)).rejects.toMatchObject({
    code: 'PARQUET_OUT_OF_SPACE',
    facts: { code: 'ENOENT' },
  });
  await expect(spilled.finish()).rejects.toMatchObject({ code: 'PARQUET_OUT_OF_SPACE' });
  await spilled.discard();
});

test('writes that nobody waited for are still in order', async () => {
  const spilled = new SpilledText(join(folder, 'hasty'), 1000);
  for (let i = 0; i < 2000; i += 1) {
    spilled.write(`${i} ${line}`);
    void spilled.settle();
  }
  await spilled.finish();
  expect((await textOf(spilled)) === expected(2000)).toBe(true);
  await spilled.discard();
});
