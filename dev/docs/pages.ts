import type { Page } from './page.ts';

/** Loads a page when it is rendered; a page is a file in `pages/` and a line here. */
export const pages: readonly (() => Promise<Page>)[] = [
  async () => (await import('./pages/cli-page.ts')).cliPage,
  async () => (await import('./pages/data-page.ts')).dataPage('credit'),
  async () => (await import('./pages/data-page.ts')).dataPage('fleet'),
  async () => (await import('./pages/errors-page.ts')).errorsPage,
  async () => (await import('./pages/jobs-page.ts')).jobsPage,
  async () => (await import('./pages/settings-page.ts')).settingsPage,
];
