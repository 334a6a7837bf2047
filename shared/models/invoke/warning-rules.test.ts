import { expect, test } from 'vitest';
import { readWarningRules, treatmentOf } from './warning-rules.ts';

// Held against the original's WarnErrorOptionsV2.
test.each([
  [{}, 'LogTestResult', 'warn'],
  [{ error: 'all' }, 'LogTestResult', 'error'],
  [{ error: '*' }, 'NothingToDo', 'error'],
  [{ error: ['LogTestResult'] }, 'LogTestResult', 'error'],
  [{ error: ['LogTestResult'] }, 'NothingToDo', 'warn'],
  [{ error: 'all', warn: ['NothingToDo'] }, 'NothingToDo', 'warn'],
  [{ error: 'all', silence: ['NothingToDo'] }, 'NothingToDo', 'silence'],
  [{ include: 'all', exclude: ['LogTestResult'] }, 'LogTestResult', 'warn'],
  [{ include: ['LogTestResult'] }, 'LogTestResult', 'error'],
])('with %j %s is %s', (options, name, treatment) => {
  const rules = readWarningRules(options);
  expect(rules && treatmentOf(rules, name)).toBe(treatment);
});

test.each([{ error: 'some' }, { warn: 'LogTestResult' }, { silence: [1] }, { error: {} }])(
  '%j cannot be read',
  (options) => expect(readWarningRules(options)).toBeUndefined(),
);
