import { expect, test } from 'vitest';
import { TokenProvider } from './token-provider.ts';

const never = new AbortController().signal;

function provider(lifetimeMs = 100_000, renewBeforeMs = 10_000) {
  const state = { now: 0, issued: 0, fail: false, signals: [] as AbortSignal[], hold: false };
  const held = Promise.withResolvers<void>();
  const tokens = new TokenProvider({
    renewBeforeMs,
    now: () => state.now,
    issue: async (signal) => {
      state.issued += 1;
      state.signals.push(signal);
      const token = `t${state.issued}`;
      if (state.hold) await held.promise;
      if (state.fail) throw new Error('no token');
      return { token, lifetimeMs };
    },
  });
  return { state, tokens, release: held.resolve };
}

test('100 tasks share one renewal', async () => {
  const { state, tokens } = provider();
  const got = await Promise.all(Array.from({ length: 100 }, () => tokens.get(never)));
  expect(new Set(got)).toEqual(new Set(['t1']));
  expect(state.issued).toBe(1);
});

test('100 tasks whose token is refused at once share one renewal', async () => {
  const { state, tokens } = provider();
  await tokens.get(never);
  const again = Array.from({ length: 100 }, async () => {
    tokens.refuse('t1');
    return tokens.get(never);
  });
  expect(new Set(await Promise.all(again))).toEqual(new Set(['t2']));
  tokens.refuse('t1');
  expect(await tokens.get(never)).toBe('t2');
  expect(state.issued).toBe(2);
});

test('a token is renewed before it expires', async () => {
  const { state, tokens } = provider();
  await tokens.get(never);
  state.now = 89_999;
  expect(await tokens.get(never)).toBe('t1');
  state.now = 90_000;
  expect(await tokens.get(never)).toBe('t2');
});

test('a token that lives shorter than the time before is not renewed at every call', async () => {
  const { state, tokens } = provider(8_000);
  await tokens.get(never);
  state.now = 3_999;
  expect(await tokens.get(never)).toBe('t1');
  state.now = 4_000;
  expect(await tokens.get(never)).toBe('t2');
});

test('when the renewal fails, a token that is still good is used; one that is not, is not', async () => {
  const { state, tokens } = provider();
  await tokens.get(never);
  state.fail = true;
  state.now = 95_000;
  expect(await tokens.get(never)).toBe('t1');
  state.now = 100_000;
  await expect(tokens.get(never)).rejects.toThrow('no token');
  state.fail = false;
  expect(await tokens.get(never)).toBe('t4');
});

test('who leaves takes nobody along; when all have left the renewal is given up', async () => {
  const { state, tokens, release } = provider();
  state.hold = true;
  const first = new AbortController();
  const second = new AbortController();
  const waits = [tokens.get(first.signal), tokens.get(second.signal)];
  first.abort(new Error('first left'));
  await expect(waits[0]).rejects.toThrow('first left');
  expect(state.signals[0]?.aborted).toBe(false);
  second.abort(new Error('second left'));
  await expect(waits[1]).rejects.toThrow('second left');
  expect(state.signals[0]?.aborted).toBe(true);
  state.hold = false;
  expect(await tokens.get(never)).toBe('t2');
  release();
});
