import { expect, test } from 'vitest';
import { withCheckDigits } from './cnpj.ts';

test('check digits of numbers published by their owners', () => {
  expect(withCheckDigits('000000000001')).toBe('00000000000191');
  expect(withCheckDigits('330001670001')).toBe('33000167000101');
  expect(withCheckDigits('112223330001')).toBe('11222333000181');
});
