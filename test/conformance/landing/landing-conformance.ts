import { afterEach, beforeEach, describe } from 'vitest';
import type { LandingStore } from '#shared/landing/landing-store.ts';
import type { LandingAdapter, StoreUnderTest } from './adapter-under-test.ts';
import { cutCases } from './cut-cases.ts';
import { keyCases } from './key-cases.ts';
import { killedMoverCases } from './killed-mover-cases.ts';
import { largeCases } from './large-cases.ts';
import { listCases } from './list-cases.ts';
import { LocalFiles } from './local-files.ts';
import { moveCases } from './move-cases.ts';
import { putCases } from './put-cases.ts';
import { readCases } from './read-cases.ts';

/** What every case gets: a fresh store and a folder for local files. */
export interface LandingCase {
  readonly store: LandingStore;
  readonly url: string;
  damage(key: string, bytes: string): Promise<void>;
  readonly files: LocalFiles;
}

/** The suite every landing adapter passes against a real server. */
export function landingConformance(adapter: LandingAdapter): void {
  describe(`landing store: ${adapter.name}`, () => {
    let opened: StoreUnderTest | undefined;
    let files: LocalFiles | undefined;

    beforeEach(async () => {
      [opened, files] = await Promise.all([adapter.open(), LocalFiles.create()]);
    });
    afterEach(async () => {
      await opened?.store.close();
      await Promise.all([opened?.dispose(), files?.dispose()]);
    });

    const current = (): LandingCase => {
      if (opened === undefined || files === undefined) throw new Error('no store is open');
      return { store: opened.store, url: opened.url, damage: opened.damage, files };
    };
    describe('put', () => putCases(current));
    describe('keys', () => keyCases(current));
    describe('large files', () => largeCases(current));
    describe('read', () => readCases(current));
    describe('move and delete', () => moveCases(current));
    describe('killed movers', () => killedMoverCases(current));
    describe('list', () => listCases(current));
    if (adapter.networked === true) describe('cut connections', () => cutCases(current));
  });
}
