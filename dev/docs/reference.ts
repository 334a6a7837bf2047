import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Page, renderPage } from './page.ts';

/** Writes every page into `folder`. */
export async function writePages(folder: string, pages: readonly Page[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const page of pages) writeFileSync(join(folder, page.file), await renderPage(page));
}

/** File names of the pages that are missing or differ from what would be written now. */
export async function stalePages(folder: string, pages: readonly Page[]): Promise<string[]> {
  const stale: string[] = [];
  for (const page of pages) {
    if (textOf(join(folder, page.file)) !== (await renderPage(page))) stale.push(page.file);
  }
  return stale;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
