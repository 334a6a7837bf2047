import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorCatalogue } from '#shared/errors/define-errors.ts';
import { markdownTable, type Page } from '../page.ts';

const root = dirname(dirname(dirname(import.meta.dirname)));

const actors = {
  operator: 'operator: whoever runs Penstock',
  author: 'author: whoever wrote the pipeline',
  us: 'us: whoever maintains Penstock',
} as const;

export const errorsPage: Page = { file: 'errors.md', title: 'Errors', body: renderErrors };

async function renderErrors(): Promise<string> {
  for (const file of definingFiles()) await import(pathToFileURL(join(root, file)).href);
  const rows = errorCatalogue().map(({ code, retry, actor, what, now }) => [
    `\`${code}\``,
    what,
    retry,
    actor,
    now,
  ]);
  return [
    'Every error the engine raises on purpose. Codes are stable: one is never given a new meaning.',
    '`retryable` may pass by itself; `terminal` never will; `unknown` gets a few attempts.',
    `Who acts: ${Object.values(actors).join('; ')}.`,
    '',
    markdownTable(['Code', 'What happened', 'Retry', 'Who acts', 'What to do'], rows),
  ].join('\n');
}

/** Found by their text, so that a definition outside an `errors.ts` is listed too. */
function definingFiles(): string[] {
  return globSync('{cli,dev,services,shared}/**/*.ts', { cwd: root })
    .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('define-errors.ts'))
    .filter((file) => readFileSync(join(root, file), 'utf8').includes('= defineErrors('))
    .sort();
}
