import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { LandingCase } from './landing-conformance.ts';
import { keysOf } from './read-object.ts';

const FROM = 'landing/credit/installments/a.parquet';
const TO = 'archive/credit/installments/a.parquet';

/** Any instant is right; the sweep meets every step of a move, since the child does nothing else. */
const INSTANTS_MS = [0, 3, 7, 12, 18, 25, 33, 42, 52, 63];

export function killedMoverCases(current: () => LandingCase): void {
  it('shows the whole object under one name or both, whenever a mover is killed, and the next move ends it', async () => {
    const { store, url, files } = current();
    const { path, ...identity } = await files.writeLarge(12);
    await store.putFile(FROM, path);
    for (const afterMs of INSTANTS_MS) {
      await killWhileMoving(url, afterMs);
      const keys = await keysOf(store.list(''));
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys) {
        const copy = await store.fetchToLocal(key, files.folder, identity);
        await copy.release();
      }
      await store.move(FROM, TO, identity);
      expect(await keysOf(store.list(''))).toEqual([TO]);
      await store.move(TO, FROM, identity);
      expect(await keysOf(store.list(''))).toEqual([FROM]);
    }
  });
}

async function killWhileMoving(url: string, afterMs: number): Promise<void> {
  const script = new URL('move-object-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [script, url, FROM, TO], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  await delay(afterMs);
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  if (child.exitCode === null) await exited;
}
