import { expect, test } from 'vitest';
import { factsOfObject } from './found-object.ts';

test('a foreigner’s key brings no line breaks and escapes into a message', () => {
  const object = { bucket: 'b', key: 'in/new\nline\u001b[2J\u0000.json', etag: 'e', versionId: 'v' };
  const facts = factsOfObject({ ...object, size: 1, modifiedAt: '2024-01-01T00:00:00.000Z' });
  expect(facts).toEqual({
    bucket: 'b',
    key: 'in/new\\u000aline\\u001b[2J\\u0000.json',
    version: 'v',
    etag: 'e',
  });
});
