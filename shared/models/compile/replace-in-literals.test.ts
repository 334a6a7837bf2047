import { expect, test } from 'vitest';
import { replaceInLiterals } from './replace-in-literals.ts';

const replaced = (sql: string): string => replaceInLiterals(sql, 'cand', () => [['cand', 'name']]);

test.each([
  ["select 'cand' as x from cand", "select 'name' as x from cand"],
  [`select '"db"."s"."cand"' from "db"."s"."cand"`, `select '"db"."s"."name"' from "db"."s"."cand"`],
  ["select 'it''s cand' from cand", "select 'it''s name' from cand"],
  [String.raw`select E'\'' from cand where x = 'cand'`, String.raw`select E'\'' from cand where x = 'name'`],
  ["select $$cand's$$ from cand", "select $$name's$$ from cand"],
  ['select $a$ $$ cand $a$ from cand', 'select $a$ $$ name $a$ from cand'],
  [`select "it's" from cand where x = 'cand'`, `select "it's" from cand where x = 'name'`],
  ["-- it's\nselect 1 from cand -- 'cand'", "-- it's\nselect 1 from cand -- 'cand'"],
  ["/* it's */ select 'cand' from cand", "/* it's */ select 'name' from cand"],
  ['select 1 from cand', 'select 1 from cand'],
  ["select 'unended cand", "select 'unended cand"],
  ["select $1, 'x' from cand", "select $1, 'x' from cand"],
])('%s', (sql, expected) => expect(replaced(sql)).toBe(expected));
