import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import { landingConformance } from './landing-conformance.ts';

landingConformance({
  name: 'local folder',
  open: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'penstock landing ü-'));
    const url = pathToFileURL(folder).href;
    return {
      store: openLandingStore({ url }),
      url,
      damage: (key, bytes) => writeFile(join(folder, key), bytes),
      dispose: () => rm(folder, { recursive: true, force: true }),
    };
  },
});
