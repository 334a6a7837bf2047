import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Page } from './page.ts';
import { errorsPage } from './pages/errors-page.ts';
import { jobsPage } from './pages/jobs-page.ts';
import { settingsPage } from './pages/settings-page.ts';
import { stalePages, writePages } from './reference.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'penstock-docs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const page = (body: string): Page => ({ file: 'a.md', title: 'A', body: () => body });

test('a page is stale when missing, edited by hand, or when its source has changed', async () => {
  expect(await stalePages(folder, [page('one')])).toEqual(['a.md']);
  await writePages(folder, [page('one')]);
  expect(await stalePages(folder, [page('one')])).toEqual([]);
  expect(await stalePages(folder, [page('two')])).toEqual(['a.md']);
  appendFileSync(join(folder, 'a.md'), 'by hand\n');
  expect(await stalePages(folder, [page('one')])).toEqual(['a.md']);
});

test('the real pages hold what they are generated from', async () => {
  await writePages(folder, [errorsPage, jobsPage, settingsPage]);
  const text = (file: string) => readFileSync(join(folder, file), 'utf8');
  expect(text('errors.md')).toContain(
    '| `DEV_SERVER_NO_REDIS` | redis-server is not on the PATH | terminal |',
  );
  expect(text('jobs.md')).toContain('| `extract` |');
  expect(text('settings.md')).toContain('| `PENSTOCK_HTTP_PORT` | `8080` |');
  expect(text('settings.md')).toContain('| `PENSTOCK_LEDGER_URL` | required | yes |');
});
