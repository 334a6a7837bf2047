import { expect, test } from 'vitest';
import { AccessTokens } from './access-tokens.ts';
import { RequestBudget } from './request-budget.ts';

test('a budget lets a burst through, then so many a second, and never saves up more than a burst', () => {
  let nowMs = 0;
  const budget = new RequestBudget(10, 3, () => nowMs);
  expect([budget.take(), budget.take(), budget.take()]).toEqual([0, 0, 0]);
  expect(budget.take()).toBeCloseTo(100);
  nowMs = 50;
  expect(budget.take()).toBeCloseTo(50);
  nowMs = 100;
  expect(budget.take()).toBe(0);
  nowMs = 60_000;
  expect([budget.take(), budget.take(), budget.take(), budget.take() > 0]).toEqual([0, 0, 0, true]);
});

test('tokens end when their time is over, or earlier than they were promised', () => {
  let nowMs = 0;
  const tokens = new AccessTokens(1_500, () => nowMs);
  const { token, expiresInSeconds } = tokens.issue();
  expect(expiresInSeconds).toBe(2);
  nowMs = 1_000;
  expect(tokens.accepts(token)).toBe(true);
  expect(tokens.accepts(token, 1_000)).toBe(false);
  expect(tokens.accepts('tok-of-nobody')).toBe(false);
  const later = tokens.issue();
  nowMs = 1_500;
  expect(tokens.accepts(token)).toBe(false);
  expect(tokens.accepts(later.token)).toBe(true);
});
