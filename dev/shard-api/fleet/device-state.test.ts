import { expect, test } from 'vitest';
import { MARK_PATTERN } from '../personal/mark.ts';
import { ALLOWED_PARAMETERS } from './configuration.ts';
import { DAY_MS } from './device-life.ts';
import { deviceState } from './device-state.ts';
import { deviceId } from './fleet.ts';

interface State {
  readonly device_id: string;
  readonly online: boolean;
  readonly last_seen: string | null;
  readonly uptime_s: number;
  readonly firmware: { readonly embedded: string; readonly hardware: string };
  readonly sensors: Readonly<Record<'temperature' | 'humidity' | 'valve_position' | 'rssi', number>>;
  readonly battery: { readonly voltage: number; readonly percent: number };
  readonly calibration_total: number;
  readonly connectivity: { readonly ratio: number };
  readonly configuration: Readonly<Record<string, unknown>>;
}

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 5, 1);
const ADDRESS = { customer_id: 'c-00001', site_id: 'st-1-1', room_id: 'rm-1-1' };
const DEVICES = Array.from({ length: 40 }, (_, index) => index + 1);

const stateOf = (device: number, atMs: number, seed = 7): State =>
  deviceState(seed, device, atMs, ADDRESS) as unknown as State;
/** Readings of a device, every so often. */
const readings = (device: number, count: number, everyMs: number): State[] =>
  Array.from({ length: count }, (_, nth) => stateOf(device, START + nth * everyMs));
/** Each reading with the one before it. */
const pairs = (states: readonly State[]): [State, State][] =>
  states.slice(1).map((after, index) => [states[index] as State, after]);

test('a state depends on seed, device and instant and on nothing else', () => {
  const first = DEVICES.map((device) => stateOf(device, START));
  const backwards = DEVICES.toReversed().map((device) => stateOf(device, START));
  expect(backwards.toReversed()).toEqual(first);
  expect(stateOf(1, START, 8)).not.toEqual(first[0]);
  expect(stateOf(2, START)).not.toMatchObject({ sensors: first[0]?.sensors });
  expect(stateOf(1, START + DAY_MS)).not.toEqual(first[0]);
});

test('measurements stay in their bounds, wander, and do not jump within the hour', () => {
  for (const device of DEVICES) {
    const states = readings(device, 24 * 7, HOUR_MS);
    for (const { sensors, battery, connectivity } of states) {
      expect(sensors.temperature).toBeGreaterThan(10);
      expect(sensors.temperature).toBeLessThan(30);
      expect(sensors.humidity).toBeGreaterThan(15);
      expect(sensors.humidity).toBeLessThan(75);
      expect(sensors.valve_position).toBeGreaterThanOrEqual(0);
      expect(sensors.valve_position).toBeLessThanOrEqual(100);
      expect(sensors.rssi).toBeLessThan(-40);
      expect(battery.voltage).toBeGreaterThan(2);
      expect(connectivity.ratio).toBeGreaterThanOrEqual(0);
      expect(connectivity.ratio).toBeLessThanOrEqual(1);
    }
    const wentOff = states.some(({ online }) => !online);
    for (const [before, after] of wentOff ? [] : pairs(states)) {
      expect(Math.abs(after.sensors.temperature - before.sensors.temperature)).toBeLessThan(1.6);
    }
    if (!wentOff) expect(new Set(states.map(({ sensors }) => sensors.temperature)).size).toBeGreaterThan(10);
  }
});

test('batteries run down until they are replaced', () => {
  let replacements = 0;
  for (const device of DEVICES) {
    for (const [before, after] of pairs(readings(device, 100, 10 * DAY_MS))) {
      if (after.battery.percent > before.battery.percent) replacements += 1;
      else expect(after.battery.voltage).toBeLessThan(before.battery.voltage + 0.03);
      expect(after.battery.percent).toBeGreaterThanOrEqual(0);
    }
  }
  // A thousand days each, sets that last 300 to 1,000.
  expect(replacements).toBeGreaterThan(40);
});

test('uptime counts seconds and falls now and then; calibrations only rise', () => {
  let resets = 0;
  let calibrations = 0;
  for (const device of DEVICES) {
    for (const [before, after] of pairs(readings(device, 180, DAY_MS / 2))) {
      const passed = (Date.parse(after.last_seen ?? '') - Date.parse(before.last_seen ?? '')) / 1_000;
      if (after.uptime_s < before.uptime_s) resets += 1;
      else if (Number.isFinite(passed))
        expect(after.uptime_s - before.uptime_s).toBeLessThanOrEqual(passed + 1);
      expect(after.calibration_total).toBeGreaterThanOrEqual(before.calibration_total);
      calibrations += after.calibration_total - before.calibration_total;
    }
  }
  // 90 days, a restart of its own every 18 days and one a release.
  expect(resets / DEVICES.length).toBeGreaterThan(3);
  expect(resets / DEVICES.length).toBeLessThan(12);
  expect(calibrations).toBeGreaterThan(DEVICES.length * 4);
});

test('a release reaches the devices one after the other, and none goes back', () => {
  const versionOf = ({ firmware }: State): number => {
    const [major = 0, minor = 0] = firmware.embedded.split('.').map(Number);
    return major * 10 + minor;
  };
  const shares = Array.from({ length: 60 }, (_, day) => {
    const versions = DEVICES.map((device) => versionOf(stateOf(device, START + day * DAY_MS)));
    return versions.filter((version) => version === Math.max(...versions)).length / DEVICES.length;
  });
  expect(new Set(shares).size).toBeGreaterThan(8);
  for (const device of DEVICES) {
    for (const [before, after] of pairs(readings(device, 60, 5 * DAY_MS))) {
      expect(versionOf(after)).toBeGreaterThanOrEqual(versionOf(before));
    }
  }
  const hardware = new Set(
    Array.from({ length: 500 }, (_, index) => stateOf(index + 1, START).firmware.hardware),
  );
  expect(hardware.size).toBeGreaterThan(4);
});

test('a device off line was seen before and stands still; few never were', () => {
  const many = Array.from({ length: 2_000 }, (_, index) => stateOf(index + 1, START));
  const off = many.filter(({ online }) => !online);
  expect(off.length).toBeGreaterThan(40);
  expect(off.length).toBeLessThan(300);
  const never = many.filter(({ last_seen }) => last_seen === null);
  expect(never.length).toBeGreaterThan(0);
  expect(never.every(({ online }) => !online)).toBe(true);
  for (const { online, last_seen } of many) {
    if (last_seen === null) continue;
    expect(last_seen).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const ageMs = START - Date.parse(last_seen);
    expect(ageMs).toBeGreaterThanOrEqual(0);
    if (online) expect(ageMs).toBeLessThan(HOUR_MS);
  }
  const still = off.find(
    ({ device_id }) => stateOf(Number(device_id.slice(2)), START + HOUR_MS).online === false,
  );
  const later = stateOf(Number(still?.device_id.slice(2)), START + HOUR_MS);
  expect(later.last_seen).toBe(still?.last_seen);
  expect(later.sensors).toEqual(still?.sensors);
});

test('forty parameters, fourteen of them allowed and without personal data; personal data elsewhere', () => {
  const state = stateOf(1, START);
  expect(Object.keys(state.configuration)).toHaveLength(40);
  expect(ALLOWED_PARAMETERS).toHaveLength(14);
  const allowed = Object.fromEntries(ALLOWED_PARAMETERS.map((name) => [name, state.configuration[name]]));
  expect(Object.values(allowed)).not.toContain(undefined);
  expect(JSON.stringify(allowed)).not.toMatch(MARK_PATTERN);
  for (const part of ['configuration', 'firmware', 'connectivity', 'owner', 'address', 'installer_notes']) {
    expect(JSON.stringify(state[part as keyof State]), part).toMatch(MARK_PATTERN);
  }
  const many = Array.from({ length: 400 }, (_, index) => stateOf(index + 1, START));
  const keys = new Set(many.flatMap((one) => Object.keys(one)));
  expect([...keys].some((key) => /^.+PII-[0-9a-f]{12}@/.test(key))).toBe(true);
  expect([...keys]).toContain('support_session');
  expect(Object.keys(state)).not.toContain('support_session');
});

test('a device made to be off keeps what it last said', () => {
  const offSinceMs = START - 3 * DAY_MS;
  const off = deviceState(7, 1, START, ADDRESS, { skewMs: 0, offSinceMs }) as unknown as State;
  expect(off.online).toBe(false);
  expect(Date.parse(off.last_seen ?? '')).toBeLessThanOrEqual(offSinceMs);
  expect(off.sensors).toEqual(stateOf(1, offSinceMs).sensors);
  const ahead = deviceState(7, 1, START, ADDRESS, { skewMs: HOUR_MS, offSinceMs: null }) as unknown as State;
  expect(Date.parse(ahead.last_seen ?? '')).toBe(Date.parse(stateOf(1, START).last_seen ?? '') + HOUR_MS);
  expect(ahead.device_id).toBe(deviceId(1));
});
