import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { quickenStrings } from './quicken-strings.ts';

setFlagsFromString('--allow-natives-syntax');
const isQuick = runInThisContext('(object) => %HasFastProperties(object)') as (object: object) => boolean;

test('strings are quick again after the client of Redis was loaded', () => {
  expect(Redis).toBeDefined();
  // As its `VerbatimString` does; whether that is loaded here does not matter.
  class Text extends String {}
  expect(new Text('a')).toHaveLength(1);
  expect(isQuick(String.prototype)).toBe(false);
  quickenStrings();
  expect(isQuick(String.prototype)).toBe(true);
});
