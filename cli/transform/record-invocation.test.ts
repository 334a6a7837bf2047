import { expect, it } from 'vitest';
import { settingSpecs } from '#shared/config/settings.ts';
import { LEDGER_URL } from './record-invocation.ts';

it('reads the variable that the services read', () => {
  expect(LEDGER_URL).toBe(settingSpecs.ledgerUrl.env);
});
