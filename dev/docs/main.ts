import { dirname, join } from 'node:path';
import { pages } from './pages.ts';
import { stalePages, writePages } from './reference.ts';

const folder = join(dirname(dirname(import.meta.dirname)), 'docs/reference');
const verb = process.argv[2];
const loaded = await Promise.all(pages.map((load) => load()));

if (verb === 'write') {
  await writePages(folder, loaded);
} else if (verb === 'check') {
  const stale = await stalePages(folder, loaded);
  for (const file of stale) console.error(`docs/reference/${file} is stale: npm run docs`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  console.error('usage: main.ts write|check');
  process.exitCode = 2;
}
