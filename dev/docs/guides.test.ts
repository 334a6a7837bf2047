import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { buildProgram } from '#cli/program.ts';
import { COMMAND_VARIABLES, settingSpecs } from '#shared/config/settings.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Written by hand, and therefore stale one day. */
const GUIDES = globSync(
  ['*.md', '{docs/decisions,docs/runbooks}/*.md', '{services,shared,cli,dev,deploy,test}/**/README.md'],
  {
    cwd: ROOT,
  },
);
const FOLDERS = 'services|shared|cli|dev|deploy|docs|test|bench|bootstrap|pipelines';

/** Every match of a pattern's first group in a guide, as `guide: match`. */
function mentions(pattern: RegExp): { readonly guide: string; readonly what: string }[] {
  return GUIDES.flatMap((guide) =>
    [...readFileSync(join(ROOT, guide), 'utf8').matchAll(pattern)].map((match) => ({
      guide,
      what: match[1] ?? '',
    })),
  );
}

const wrong = (
  found: readonly { guide: string; what: string }[],
  isRight: (what: string, guide: string) => boolean,
) => found.filter(({ guide, what }) => !isRight(what, guide)).map(({ guide, what }) => `${guide}: ${what}`);

test('guides name files that exist', () => {
  const paths = mentions(new RegExp(`\`((?:${FOLDERS})/[\\w./-]+)\``, 'g'));
  expect(paths.length).toBeGreaterThan(50);
  expect(wrong(paths, (path) => existsSync(join(ROOT, path)))).toEqual([]);
});

test('links between guides lead somewhere', () => {
  const links = mentions(/\]\((?!https?:)([^)#]+)\)/g);
  expect(links.length).toBeGreaterThan(20);
  expect(wrong(links, (link, guide) => existsSync(join(ROOT, dirname(guide), link)))).toEqual([]);
});

test('guides show scripts and verbs that there are', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(wrong(mentions(/npm run ([a-z:]+)/g), (script) => script in manifest.scripts)).toEqual([]);
  const nowhere = {
    environment: {},
    cwd: '/',
    control: { onSignal: () => undefined, exit: () => undefined, say: () => undefined },
    write: () => undefined,
    setExitCode: () => undefined,
    interactive: false,
    color: false,
  };
  const verbs = buildProgram(nowhere).commands.map((verb) => verb.name());
  expect(wrong(mentions(/[`$ ]penstock (?:-- )?([a-z][a-z-]*)/g), (verb) => verbs.includes(verb))).toEqual(
    [],
  );
});

test('guides name settings that there are', () => {
  const known = new Set<string>([...COMMAND_VARIABLES, ...Object.values(settingSpecs).map(({ env }) => env)]);
  const others = /^PENSTOCK_(SOURCE_[A-Z0-9_]+_URL|BOOTSTRAP_\w+|TEST_\w+|PUBLISHED_PORT)$/;
  const names = mentions(/\b(PENSTOCK_[A-Z0-9_]+[A-Z0-9])\b/g);
  expect(wrong(names, (name) => known.has(name) || others.test(name) || name === 'PENSTOCK_SOURCE')).toEqual(
    [],
  );
});

test('every decision stands in the index, under a number of its own', () => {
  const records = globSync('docs/decisions/0*.md', { cwd: ROOT }).map((path) =>
    path.slice('docs/decisions/'.length),
  );
  const index = readFileSync(join(ROOT, 'docs/decisions/README.md'), 'utf8');
  expect(records.filter((record) => !index.includes(`(${record})`))).toEqual([]);
  expect(new Set(records.map((record) => record.slice(0, 4))).size).toBe(records.length);
});
