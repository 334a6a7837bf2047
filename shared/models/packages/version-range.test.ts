import { expect, it } from 'vitest';
import { compareVersions, parseVersion, type Version } from './version.ts';
import { highestWithin, isWithin, parseBounds } from './version-range.ts';

const version = (text: string): Version => {
  const parsed = parseVersion(text);
  if (parsed === undefined) throw new Error(`${text} is no version`);
  return parsed;
};

/** Order of semver.org, section 11. */
it('orders versions, numbers as numbers and pre-releases before their release', () => {
  const ordered = ['0.9.9', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-rc9', '1.0.0-rc10'];
  ordered.push('1.0.0', '1.0.2', '1.0.10', '1.2.0', '1.10.0', '2.0.0');
  const shuffled = [...ordered].reverse().map(version);
  expect(shuffled.sort(compareVersions).map(({ text }) => text)).toEqual(ordered);
});

it.each([
  ['1.0', false],
  ['1.0.0', true],
  ['01.0.0', false],
  ['1.0.0rc1', true],
  ['1.0.0+build.5', true],
  ['latest', false],
  ['1.0.0; rm', false],
])('reads %s as a version: %s', (text, isVersion) => {
  expect(parseVersion(text) !== undefined).toBe(isVersion);
});

it.each([
  ['1.2.3', '1.2.3', true],
  ['=1.2.3', '1.2.3', true],
  ['==1.2.3', '1.2.4', false],
  ['>1.2.3', '1.2.3', false],
  ['>=1.2.3', '1.2.3', true],
  ['<2.0.0', '2.0.0', false],
  ['<2.0.0', '2.0.0-rc1', false],
  ['<2.0.0', '1.9.9-rc1', true],
  ['<2.0.0-rc2', '2.0.0-rc1', true],
  ['<=2.0.0', '2.0.0-rc1', true],
  ['>=1.0.0,<1.5.0', '1.4.9', true],
  ['>=1.0.0, <1.5.0', '1.5.0', false],
])('%s allows %s: %s', (bounds, text, allows) => {
  expect(isWithin(version(text), parseBounds([bounds]).bounds)).toBe(allows);
});

it('names what is no bound', () => {
  expect(parseBounds(['>=1.0.0', '~>2', '1.x']).invalid).toEqual(['~>2', '1.x']);
});

it('passes over what a hub calls a version and is none', () => {
  expect(highestWithin(['v1', '0.1.0', '0.0.9'], [], false)).toBe('0.1.0');
});
