import { expect, test } from 'vitest';
import { ONE_SIGNAL_MS } from './fold-signals.ts';
import { runUntilSignal } from './run-until-signal.ts';
import { Service } from './service.ts';

function control() {
  const handlers: ((signal: string) => void)[] = [];
  const exits: number[] = [];
  const clock = { now: 0 };
  return {
    exits,
    clock,
    now: () => clock.now,
    raise: (signal: string) => handlers.forEach((handler) => void handler(signal)),
    onSignal: (handler: (signal: string) => void) => void handlers.push(handler),
    exit: (code: number) => void exits.push(code),
    say: () => {},
  };
}

test('the first signal drains in reverse order', async () => {
  const order: string[] = [];
  const service = (name: string) =>
    new Service(name, async (releasers) => releasers.add(name, () => void order.push(name)));
  const process = control();
  const running = runUntilSignal([service('a'), service('b')], process, 1_000);
  process.raise('SIGTERM');
  await running;
  expect(order).toEqual(['b', 'a']);
  expect(process.exits).toEqual([]);
});

test('the second signal forces', async () => {
  const process = control();
  const stuck = new Service('stuck', async (releasers) => releasers.add('job', () => new Promise(() => {})));
  const running = runUntilSignal([stuck], process, 50);
  process.raise('SIGINT');
  process.clock.now = ONE_SIGNAL_MS;
  process.raise('SIGINT');
  expect(process.exits).toEqual([130]);
  await running;
});

test('the copies that npm passes on of one Ctrl-C force nothing', async () => {
  const process = control();
  const stuck = new Service('stuck', async (releasers) => releasers.add('job', () => new Promise(() => {})));
  const running = runUntilSignal([stuck], process, 50);
  process.raise('SIGINT');
  process.clock.now = 4;
  process.raise('SIGINT');
  process.raise('SIGTERM');
  expect(process.exits).toEqual([]);
  await running;
});

test('a start that fails stops those started before it', async () => {
  const stopped: string[] = [];
  const good = new Service('good', async (releasers) =>
    releasers.add('good', () => void stopped.push('good')),
  );
  const bad = new Service('bad', async () => {
    throw new Error('no database');
  });
  await expect(runUntilSignal([good, bad], control(), 100)).rejects.toThrow('no database');
  expect(stopped).toEqual(['good']);
});
