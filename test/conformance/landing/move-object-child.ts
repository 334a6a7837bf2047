// Moves an object to and fro in a process of its own until it is killed: `node move-object-child.ts <url> <one> <other>`.
// Prints "ready" first, so that the test knows when to kill it.
import { openLandingStore } from '#shared/landing/open-landing-store.ts';

const [url = '', one = '', other = ''] = process.argv.slice(2);
const store = openLandingStore({ url });
await store.head(one);
process.stdout.write('ready\n');
for (;;) {
  await store.move(one, other, 'as-is');
  await store.move(other, one, 'as-is');
}
