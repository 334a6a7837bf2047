import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findProblems } from './find-problems.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'penstock-checks-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function problemsIn(files: Record<string, string>): string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return findProblems(root);
}

test('a tidy project has no problems', () => {
  expect(
    problemsIn({
      'shared/a.ts': `import { b } from './b.ts';\nexport const a = b;\n`,
      'shared/b.ts': 'export const b = process.platform;\n',
      'shared/queue/q.ts': `import { Queue } from 'bullmq';\nexport const q = Queue;\n`,
      'services/loader/main.ts': `import { a } from '#shared/a.ts';\nprocess.on('SIGTERM', () => a);\nprocess.env['X'];\n`,
      'services/loader/load.test.ts': `import { w } from '#test/support/w.ts';\nprocess.env['X'] = String(w);\n`,
      'test/support/w.ts': 'export const w = 1;\n',
    }),
  ).toEqual([]);
});

describe('imports', () => {
  const target = {
    'services/extractor/e.ts': 'export const e = 1;\n',
    'test/support/w.ts': 'export const w = 1;\n',
  };
  test.each([
    [
      'a service from a service',
      'services/loader/l.ts',
      '#services/extractor/e.ts',
      'services never import each other',
    ],
    [
      'the same by a relative path',
      'services/loader/l.ts',
      '../extractor/e.ts',
      'services never import each other',
    ],
    ['shared from a service', 'shared/s.ts', '#services/extractor/e.ts', 'shared knows no service'],
    ['shared from test support', 'shared/s.ts', '#test/support/w.ts', 'shared knows no service'],
    ['a service from dev', 'services/loader/l.ts', '#dev/d.ts', 'services import only shared'],
    ['a pipeline from the engine', 'pipelines/p/p.ts', '#shared/ledger/l.ts', 'pipelines hold definitions'],
    ['a pipeline from a pipeline', 'pipelines/p/p.ts', '../other/o.ts', 'pipelines never import each other'],
    ['bullmq outside the queue', 'services/loader/l.ts', 'bullmq', 'only shared/queue'],
    ['a test file from source', 'cli/c.ts', '#test/support/w.ts', 'only tests import tests'],
  ])('%s is refused', (_what, path, specifier, why) => {
    for (const text of [
      `import * as x from '${specifier}';\nexport const y = x;\n`,
      `import type { X } from '${specifier}';\nexport type Y = X;\n`,
      `export * from '${specifier}';\n`,
      `export const x = await import('${specifier}');\n`,
    ]) {
      expect(problemsIn({ ...target, [path]: text })).toContainEqual(expect.stringContaining(why));
    }
  });

  test('a cycle is named from its first file on, once', () => {
    expect(
      problemsIn({
        'shared/c.ts': `import './a.ts';\n`,
        'shared/a.ts': `export * from '#shared/b.ts';\n`,
        'shared/b.ts': `import './c.ts';\n`,
      }),
    ).toEqual(['shared/a.ts -> shared/b.ts -> shared/c.ts -> shared/a.ts']);
  });

  test('types may refer to each other across files, what runs may not', () => {
    const a = `import type { B } from './b.ts';\nexport type A = B;\n`;
    expect(problemsIn({ 'shared/a.ts': a, 'shared/b.ts': `export { x } from './a.ts';\n` })).toEqual([]);
    const mixed = `import { type B, b } from './b.ts';\nexport type A = B;\nexport const a = b;\n`;
    expect(problemsIn({ 'shared/a.ts': mixed, 'shared/b.ts': `import './a.ts';\n` })).toHaveLength(1);
  });
});

test.each([
  `export const x = process.env['X'];`,
  `export const x = process['env'];`,
  `export const x = globalThis.process.env;`,
  `const { env } = process;\nexport const x = env;`,
  `import { env } from 'node:process';\nexport const x = env;`,
  `import process from 'node:process';\nprocess.exit(1);`,
  `process.on('SIGINT', () => undefined);`,
  `process.exitCode = 1;`,
])('outside a main.ts is refused: %s', (text) => {
  expect(problemsIn({ 'shared/x.ts': `${text}\n` })).toContainEqual(
    expect.stringMatching(/only main.ts files do/),
  );
});

test('long files and long functions are refused', () => {
  const body = (lines: number) => `export function f(): void {\n${'  f();\n'.repeat(lines)}}\n`;
  expect(problemsIn({ 'shared/fine.ts': body(58) })).toEqual([]);
  expect(problemsIn({ 'shared/long.ts': body(59) })).toEqual([
    expect.stringContaining('function of 61 lines'),
  ]);
  expect(problemsIn({ 'shared/long.ts': '//\n'.repeat(401) })).toEqual([
    expect.stringContaining('has 401 lines'),
  ]);
});
