import { afterEach, beforeEach, describe } from 'vitest';
import type { WarehouseAdapter, WarehouseUnderTest } from './adapter-under-test.ts';
import { loadCases } from './load-cases.ts';
import { probeCases } from './probe-cases.ts';
import { stableCases } from './stable-cases.ts';
import { tableCases } from './table-cases.ts';

/** The suite every warehouse adapter passes against a real server, on its staging side. */
export function stagingConformance(adapter: WarehouseAdapter): void {
  describe(`warehouse staging: ${adapter.name}`, () => {
    let opened: WarehouseUnderTest | undefined;
    beforeEach(async () => {
      opened = await adapter.open();
    });
    afterEach(() => opened?.dispose());
    const current = (): WarehouseUnderTest => {
      if (opened === undefined) throw new Error('no warehouse is open');
      return opened;
    };
    describe('load', () => loadCases(current));
    describe('stable relation', () => stableCases(current));
    describe('probe for changes', () => probeCases(current));
    describe('tables', () => tableCases(current));
  });
}
