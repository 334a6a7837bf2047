import { expect, test } from 'vitest';
import type { ModelNode, ProjectGraph } from '../project/project.ts';
import { newerVersionNote } from './newer-version.ts';

const version = (v: string | undefined) => ({ name: 'v', packageName: 'acc', version: v }) as ModelNode;
const graph = (...versions: string[]) =>
  ({ models: new Map(versions.map((v) => [`v.v${v}`, version(v)])) }) as unknown as ProjectGraph;

test('a newer version that is not marked as latest is told, compared as a number', () => {
  expect(newerVersionNote(graph('1', '2', '10'), version('2'), 'reader')).toBe(`While compiling 'reader':
Found an unpinned reference to versioned model 'v' in project 'acc'.
Resolving to latest version: v.v2
A prerelease version 10 is available. It has not yet been marked 'latest' by its maintainer.
When that happens, this reference will resolve to v.v10 instead.

  Try out v10: {{ ref('acc', 'v', v='10') }}
  Pin to  v2: {{ ref('acc', 'v', v='2') }}`);
});

test('nothing is said of the newest, or of a model without versions', () => {
  expect(newerVersionNote(graph('1', '2', '10'), version('10'), 'reader')).toBeUndefined();
  expect(newerVersionNote(graph('beta', 'alpha'), version('beta'), 'reader')).toBeUndefined();
  expect(newerVersionNote(graph(), version(undefined), 'reader')).toBeUndefined();
});
