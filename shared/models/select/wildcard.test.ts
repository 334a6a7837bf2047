import { expect, it } from 'vitest';
import { pathWildcard, wildcard } from './wildcard.ts';

/** Answers are those of Python 3.11's `fnmatch.fnmatchcase`. */
it.each([
  ['a*', 'a abc a.b a/b', 'ba'],
  ['a?c', 'abc', 'ac abbc'],
  ['[abc]', 'a b c', 'd [abc]'],
  ['[!abc]', 'd ! -', 'a b c'],
  ['[a-c]x', 'ax cx', 'dx -x'],
  ['[c-a]', '', 'a b c -'],
  ['[!c-a]', 'a b c -', 'ab'],
  ['[]]', ']', '[]]'],
  ['[!]]', 'a [', ']'],
  ['[]', '[]', ']'],
  ['[a', '[a', 'a'],
  ['[a-]', 'a -', 'b'],
  ['[a-c-e]', 'a b c - e', 'd'],
  ['[^a]', 'a ^', 'b'],
  ['a.b', 'a.b', 'axb'],
  ['(a|b)+', '(a|b)+', 'a ab'],
  ['é?', 'éa é😀', 'é'],
])('takes %s for a pattern: it matches %s, not %s', (pattern, matching, others) => {
  const matches = wildcard(pattern);
  expect(matching.split(' ').filter(Boolean).filter(matches).join(' ')).toBe(matching);
  expect(others.split(' ').filter(matches)).toEqual([]);
});

/** Answers are those of Python 3.11's `Path.glob`. */
it.each([
  ['models', 'models', 'models/a.sql'],
  ['models/', 'models', 'models/a.sql'],
  ['./models', 'models', '.'],
  ['models/*', 'models/a.sql models/staging', 'models models/staging/a.sql'],
  ['models/**/a.sql', 'models/a.sql models/x/y/a.sql', 'models/b.sql a.sql'],
  ['**', '. models models/staging', ''],
  ['*/[ab].sql', 'models/a.sql models/b.sql', 'models/c.sql models/x/a.sql'],
])('takes %s for a path: it matches %s, not %s', (pattern, matching, others) => {
  const matches = pathWildcard(pattern);
  expect(matching.split(' ').filter(matches).join(' ')).toBe(matching);
  expect(others.split(' ').filter(Boolean).filter(matches)).toEqual([]);
});
