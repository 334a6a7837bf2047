import { expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { DecimalValue } from './decimal-value.ts';

const names = {
  a: new DecimalValue('1.50'),
  b: new DecimalValue('-10.5'),
  ten: new DecimalValue('10.0'),
  small: new DecimalValue('0.0000000001'),
  large: new DecimalValue('1e+20'),
  odd: new DecimalValue('NaN'),
};

// Expected values are CPython's (3.11) with these decimals.
test.each([
  ['a', '1.50'],
  ['[a]', "[Decimal('1.50')]"],
  ['a + 1', '2.50'],
  ['1 - a', '-0.50'],
  ['a * 3', '4.50'],
  ['ten / 3', '3.333333333333333333333333333'],
  ['ten / 4', '2.5'],
  ['2 / ten', '0.2'],
  ['ten // 3', '3'],
  ['b // 3', '-3'],
  ['b % 3', '-1.5'],
  ['a ** 2', '2.2500'],
  ['a ** -1', '0.6666666666666666666666666667'],
  ['-a', '-1.50'],
  ['b | abs', '10.5'],
  ['b | int', '-10'],
  ['a | float', '1.5'],
  ['(a + a + a) | round(0)', '4'],
  ['(a * a) | round(2)', '2.25'],
  ['(a * a * a) | round(2)', '3.38'],
  ["'%.3f' % a", '1.500'],
  ["'%d' % b", '-10'],
  ["'{:.1f}'.format(b)", '-10.5'],
  ['a is number', 'True'],
  ['a is float', 'False'],
  ['a == 1.5', 'True'],
  ['ten == 10', 'True'],
  ['b < a', 'True'],
  ['a > 1.4', 'True'],
  ['{10: "x"}[ten]', 'x'],
  ['[a, b, ten] | sum', '1.00'],
  ['[a, b, ten] | sort', "[Decimal('-10.5'), Decimal('1.50'), Decimal('10.0')]"],
  ['small', '1E-10'],
  ['large', '1E+20'],
  ['large + 1', '100000000000000000001'],
  ['odd', 'NaN'],
  ['(a - a) is true or (a - a) == 0', 'True'],
  ['"t" if a - a else "f"', 'f'],
])('%s is %s', (expression, expected) => {
  expect(createEnvironment().parse(`{{ ${expression} }}`, 'd.sql').render(names)).toBe(expected);
});

test.each(['a / 0', 'a % 0', 'a + 1.5', 'large ** 5000 + 1', 'a + "1"', 'odd + 1'])(
  '%s fails',
  (expression) => {
    expect(() => createEnvironment().parse(`{{ ${expression} }}`, 'd.sql').render(names)).toThrow();
  },
);
