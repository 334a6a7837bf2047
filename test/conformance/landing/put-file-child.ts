// Puts one file under one key in a process of its own: `node put-file-child.ts <url> <key> <path>`.
// Prints "ready" first, so that the test knows when to kill it, and the result or error code last.
import { PenstockError } from '#shared/errors/penstock-error.ts';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';

const [url = '', key = '', path = ''] = process.argv.slice(2);
const store = openLandingStore({ url });
process.stdout.write('ready\n');
try {
  const { alreadyThere } = await store.putFile(key, path);
  process.stdout.write(alreadyThere ? 'already there\n' : 'stored\n');
} catch (error) {
  process.stdout.write(`${error instanceof PenstockError ? error.code : 'unclassified'}\n`);
}
await store.close();
