import { expect, test } from 'vitest';
import { PageTrail } from './page-trail.ts';

const facts = { shard: 's1', endpoint: '/v1' };
const trailOf = (limit = 100) =>
  new PageTrail({ param: 'cursor', next: 'paging.next', limitParam: 'limit', limit }, facts);
const envelope = (next: unknown) => ({ paging: { next } });
const loops = (reason: string) =>
  expect.objectContaining({
    code: 'HTTP_PAGING_LOOPS',
    facts: { ...facts, reason, pages: expect.any(Number) },
  });

test.each([[undefined], [null], ['']])('%o ends the pages', (next) => {
  expect(trailOf().next(envelope(next), 1, 1)).toBeNull();
  expect(trailOf().next({}, 1, 1)).toBeNull();
});

test('a cursor that was given before is a loop, without its text', () => {
  const trail = trailOf();
  expect(trail.next(envelope('MARK-a'), 1, 1)).toBe('MARK-a');
  expect(trail.next(envelope(2), 1, 1)).toBe('2');
  expect(() => trail.next(envelope('MARK-a'), 1, 1)).toThrow(loops('SAME_CURSOR'));
  expect(() => trail.next(envelope('MARK-a'), 1, 1)).not.toThrow(/MARK/);
});

test('one page that comes again is harmless, two in a row are a loop', () => {
  const trail = trailOf();
  trail.next(envelope('a'), 10, 10);
  trail.next(envelope('b'), 10, 0);
  trail.next(envelope('c'), 10, 3);
  trail.next(envelope('d'), 10, 0);
  expect(() => trail.next(envelope('e'), 10, 0)).toThrow(loops('SAME_PAGE'));
});

test('empty pages are no loop, but their number has an end', () => {
  const trail = trailOf(1_000_000);
  const go = () => {
    for (let page = 0; page < 1_100; page += 1) trail.next(envelope(`c${page}`), 0, 0);
  };
  expect(go).toThrow(loops('TOO_MANY'));
});

test.each([[{}], [true], ['x'.repeat(5_000)]])('%o is no cursor', (next) => {
  expect(() => trailOf().next(envelope(next), 1, 1)).toThrow(
    expect.objectContaining({ code: 'HTTP_UNEXPECTED_SHAPE' }),
  );
});
