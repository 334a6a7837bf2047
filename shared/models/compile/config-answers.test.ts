import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoadedProject } from '../load/load-project.ts';
import { PARSE_RUN } from '../load/parse-scope.ts';
import { openProject } from '../open-project.ts';
import { atOnce } from './at-once.ts';
import { compileModel, publishedResolution } from './compile-model.ts';

/** A project of trees, packages, hooks and variables, and what the original's `config`, `model`, `var` and `graph` answered in it. */
const { files, answers } = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/config-answers.json', import.meta.url), 'utf8'),
) as { readonly files: Record<string, string>; readonly answers: Record<string, readonly string[]> };

/** What the original prints otherwise: a class of its own, and tags in the order it happened to find them. */
const DIFFERENT = new Set([
  'Docs(show=True, node_color=None)',
  "['top', 'proj', 'x', 'y', 'in_file', 'yaml']",
]);

let dir: string;
let project: LoadedProject;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'penstock-config-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  const target = { name: 'dev', schema: 'dev', database: 'db', type: 'postgres', threads: 1 };
  project = await openProject(dir, { target });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test.each(Object.entries(answers))('%s', (key, expected) => {
  const { sql } = atOnce(compileModel(project, key, { run: PARSE_RUN, ...publishedResolution }));
  const printed = [...sql.matchAll(/\$\$ ([\s\S]*?) \$\$| '([^']*)' as v/g)].map(
    ([, long, short]) => long ?? short ?? '',
  );
  const ours = printed.flatMap((text) => text.split('|').map((part) => part.trim()));
  const compared = expected.map((answer, index) => (DIFFERENT.has(answer) ? ours[index] : answer.trim()));
  expect(ours).toEqual(compared);
});
