import { expect, test } from 'vitest';
import { meets } from './active-faults.ts';
import { FaultSwitch, type FaultTarget } from './fault-switch.ts';
import { type FaultInput, parseScenario } from './scenario.ts';

const STATES: FaultTarget = { shard: 's1', endpoint: 'states', customer: 'c-00001', device: null };
const FINE: FaultTarget = {
  shard: 's1',
  endpoint: 'device-aggregates',
  customer: 'c-00001',
  device: 'd-0000001',
};
const TOKEN: FaultTarget = { shard: 's1', endpoint: 'token', customer: null, device: null };

function switched(faults: readonly FaultInput[], now: () => number = () => 0): FaultSwitch {
  const found = new FaultSwitch(7, now);
  for (const fault of parseScenario({ faults: [...faults] }).faults) found.add(fault);
  return found;
}
/** Which of so many calls meet the fault, as a text of ones and zeros. */
const pattern = (faults: FaultSwitch, calls: number, target = STATES): string =>
  Array.from({ length: calls }, () => (faults.take(target).has('server-error') ? '1' : '0')).join('');

test.each<[string, Partial<FaultInput>, FaultTarget, boolean]>([
  ['no filter', {}, STATES, true],
  ['no filter, a token', {}, TOKEN, false],
  ['the endpoint token', { endpoints: ['token'] }, TOKEN, true],
  ['another shard', { shards: ['s2'] }, STATES, false],
  ['its shard', { shards: ['s2', 's1'] }, STATES, true],
  ['another endpoint', { endpoints: ['hierarchy'] }, STATES, false],
  ['another customer', { customers: ['c-00002'] }, STATES, false],
  ['its customer', { customers: ['c-00001'] }, FINE, true],
  ['a customer, of a call about none', { customers: ['c-00001'] }, { ...STATES, customer: null }, false],
  ['its device', { devices: ['d-0000001'] }, FINE, true],
  ['another device', { devices: ['d-0000002'] }, FINE, false],
  ['a device, of a call about many', { devices: ['d-0000001'] }, STATES, false],
])('%s', (_what, filter, target, isMet) => {
  const faults = switched([{ kind: 'server-error', ...filter } as FaultInput]);
  expect(faults.take(target).has('server-error')).toBe(isMet);
});

test('counts, bursts and rates', () => {
  expect(pattern(switched([{ kind: 'server-error', count: 3 }]), 6)).toBe('111000');
  const burst = { failing: 2, passing: 3 };
  expect(pattern(switched([{ kind: 'server-error', burst }]), 12)).toBe('110001100011');
  expect(pattern(switched([{ kind: 'server-error', burst, count: 3 }]), 12)).toBe('110001000000');
  const drawn = pattern(switched([{ kind: 'server-error', rate: 0.3 }]), 1_000);
  expect(drawn.replaceAll('0', '').length).toBeGreaterThan(240);
  expect(drawn.replaceAll('0', '').length).toBeLessThan(360);
  expect(pattern(switched([{ kind: 'server-error', rate: 0.3 }]), 1_000)).toBe(drawn);
});

test('a fault begins and ends by the clock, counted from when it was set', () => {
  let nowMs = 5_000;
  const faults = switched([{ kind: 'server-error', startMs: 100, durationMs: 50 }], () => nowMs);
  const met = [0, 99, 100, 149, 150].map((passed) => {
    nowMs = 5_000 + passed;
    return faults.take(STATES).has('server-error');
  });
  expect(met).toEqual([false, false, true, true, false]);
});

test('faults are taken away one by one or all together', () => {
  const faults = new FaultSwitch(7, () => 0);
  const [one, other] = parseScenario({ faults: [{ kind: 'nan' }, { kind: 'fuzz' }] }).faults;
  if (one === undefined || other === undefined) throw new Error('no faults');
  const remove = faults.add(one);
  faults.add(other);
  remove();
  expect(faults.list()).toEqual([other]);
  faults.clear();
  expect(faults.take(STATES).leaveContent()).toBe(true);
});

test('shards go down and come back', () => {
  let nowMs = 0;
  const down: FaultInput = { kind: 'shard-down', shards: ['s2'], startMs: 10, durationMs: 20, mode: 'reset' };
  const faults = switched([down], () => nowMs);
  const seen = [0, 10, 29, 30].map((at) => {
    nowMs = at;
    return [faults.downMode('s2'), faults.downMode('s1'), faults.nextDownChangeMs()];
  });
  expect(seen).toEqual([
    [null, null, 10],
    ['reset', null, 20],
    ['reset', null, 1],
    [null, null, null],
  ]);
});

test('faults of devices meet a share of them, the same ones each time, or the named ones', () => {
  const faults = switched([
    { kind: 'incomplete', share: 0.2 },
    { kind: 'nan', devices: ['d-0000005'], share: 1 },
  ]);
  const active = faults.take({ ...STATES, endpoint: 'aggregates' });
  const devices = Array.from({ length: 2_000 }, (_, index) => index + 1);
  const met = devices.filter((device) => meets(active.of('incomplete'), 7, device));
  expect(met.length).toBeGreaterThan(320);
  expect(met.length).toBeLessThan(480);
  expect(devices.filter((device) => meets(active.of('incomplete'), 7, device))).toEqual(met);
  expect(devices.filter((device) => meets(active.of('nan'), 7, device))).toEqual([5]);
  expect(meets(undefined, 7, 1)).toBe(false);
});
