import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { compileModel, compileTest, publishedResolution } from '#shared/models/compile/compile-model.ts';
import { openProject } from '#shared/models/open-project.ts';
import { TemplateError } from '#shared/template/failures/template-error.ts';
import { mutateProject, type ProjectFiles } from '#test/support/mutate-project.ts';
import { seededRandom } from '#test/support/seeded-random.ts';

/** Mutations of each project; together at least 2,000. */
const MUTATIONS = 1_000;
/** A project that takes longer than this to be refused hangs, for all a person knows. */
const LONGEST_MS = 5_000;
const TARGET = { name: 'dev', schema: 'fuzz', database: 'db', type: 'postgres', threads: 1 };
const RUN = { asOf: '2024-05-06', runId: 'r1', runStartedAt: '2024-05-06T00:00:00Z', invocationId: 'i1' };

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true });
});

async function filesOf(dir: string): Promise<ProjectFiles> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = paths.map(async (path) => [path.slice(dir.length + 1), await readFile(path, 'utf8')] as const);
  return new Map(await Promise.all(read));
}

async function copyOf(files: ProjectFiles): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'penstock-fuzz-'));
  folders.push(dir);
  for (const [path, text] of files) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
  return dir;
}

/** Loads a project and compiles all of it; answers what failed in words for people, throws what is not meant for them. */
async function outcomeOf(dir: string): Promise<string> {
  try {
    const project = await openProject(dir, { target: TARGET, env: {}, vars: {} });
    const options = { run: RUN, ...publishedResolution };
    for (const key of project.graph.models.keys()) await compileModel(project, key, options);
    for (const one of project.graph.tests) await compileTest(project, one, options);
    return 'compiled';
  } catch (error) {
    if (error instanceof PenstockError || error instanceof TemplateError) return error.code;
    throw error;
  }
}

const PROJECTS = ['../../../pipelines/credit', '../../fixtures/projects/shop'] as const;

test.each(PROJECTS)(
  'no mutation of %s ends in anything but a clear answer',
  { timeout: 240_000 },
  async (path) => {
    const files = await filesOf(fileURLToPath(new URL(path, import.meta.url)));
    const dir = await copyOf(files);
    const random = seededRandom(20_261_121);
    const outcomes = new Map<string, number>();
    for (let i = 0; i < MUTATIONS; i += 1) {
      const { path: changed, text, what } = mutateProject(files, random);
      await writeFile(join(dir, changed), text);
      const started = performance.now();
      const outcome = await outcomeOf(dir).catch((error: unknown) => {
        throw new Error(`mutation ${i} (${what}) was not answered`, { cause: error });
      });
      expect(performance.now() - started, `mutation ${i} (${what})`).toBeLessThan(LONGEST_MS);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      await writeFile(join(dir, changed), files.get(changed) ?? '');
    }
    // A mutator that breaks everything, or nothing, would show little.
    expect(outcomes.get('compiled') ?? 0).toBeGreaterThan(MUTATIONS / 20);
    expect(outcomes.get('PROJECT_INVALID') ?? 0).toBeGreaterThan(MUTATIONS / 20);
  },
);
