import { personalOfConfiguration } from '../personal/of-device.ts';
import { DAY_MS } from './device-life.ts';
import { type Draw, tagOf } from './draw.ts';

/** A parameter's value may change once in this time. */
const CHANGES_EVERY_MS = 21 * DAY_MS;

type Parameter = readonly [name: string, value: (draw: Draw, tag: number, bucket: number) => Value];
type Value = number | boolean | string;

const yes =
  (share: number): Parameter[1] =>
  (draw, tag, bucket) =>
    draw.chance(tag, share, bucket);
const whole =
  (low: number, high: number, step = 1): Parameter[1] =>
  (draw, tag, bucket) =>
    draw.whole(tag, low, high, bucket) * step;
const halves =
  (low: number, high: number): Parameter[1] =>
  (draw, tag, bucket) =>
    draw.whole(tag, low * 2, high * 2, bucket) / 2;
const oneOf =
  (...names: readonly string[]): Parameter[1] =>
  (draw, tag, bucket) =>
    draw.pick(tag, names, bucket) ?? '';

/** What a pipeline may read. */
const ALLOWED: readonly Parameter[] = [
  ['target_temperature', halves(17, 24)],
  ['eco_temperature', halves(14, 18)],
  ['boost_minutes', whole(1, 12, 5)],
  ['window_detection', yes(0.8)],
  ['window_sensitivity', whole(1, 5)],
  ['child_lock', yes(0.2)],
  ['display_brightness', whole(0, 10, 10)],
  ['schedule_enabled', yes(0.7)],
  ['holiday_mode', yes(0.05)],
  ['valve_offset', halves(-2, 2)],
  ['temperature_offset', halves(-3, 3)],
  ['report_interval_s', whole(1, 3, 300)],
  ['frost_protection', yes(0.95)],
  ['regulation_mode', oneOf('pid', 'hysteresis', 'adaptive')],
];

/** What else a device has; with the personal ones about 40. */
const OTHERS: readonly Parameter[] = [
  ['boot_delay_s', whole(0, 30)],
  ['heap_limit_kb', whole(32, 64)],
  ['log_verbosity', oneOf('error', 'warn', 'debug')],
  ['radio_channel', whole(11, 26)],
  ['radio_power_dbm', whole(0, 20)],
  ['pid_p', whole(1, 100)],
  ['pid_i', whole(1, 100)],
  ['pid_d', whole(1, 100)],
  ['motor_current_ma', whole(60, 120)],
  ['motor_timeout_s', whole(5, 60)],
  ['adc_gain', whole(1, 8)],
  ['adc_offset', whole(-50, 50)],
  ['led_enabled', yes(0.5)],
  ['beep_enabled', yes(0.3)],
  ['mesh_role', oneOf('router', 'leaf')],
  ['mesh_parent', whole(1, 9_999)],
  ['ntp_interval_s', whole(1, 24, 3_600)],
  ['watchdog_s', whole(10, 120)],
  ['descale_weekday', whole(0, 6)],
  ['descale_hour', whole(0, 23)],
  ['temperature_unit', oneOf('C', 'F')],
  ['language', oneOf('de', 'fr', 'pl', 'es')],
];

const tagged = (parameters: readonly Parameter[]) =>
  parameters.map(([name, value]) => ({ name, value, tag: tagOf(`configuration ${name}`) }));
const ALL = tagged([...ALLOWED, ...OTHERS]);
const REPORT_INTERVAL = tagged(ALLOWED.filter(([name]) => name === 'report_interval_s'));

/** Names of the parameters a pipeline may read. */
export const ALLOWED_PARAMETERS: readonly string[] = ALLOWED.map(([name]) => name);

/** Every parameter of a device at an instant: technical, personal, allowed. */
export function configurationAt(draw: Draw, atMs: number): Record<string, Value> {
  const bucket = Math.floor(atMs / CHANGES_EVERY_MS);
  const parameters: Record<string, Value> = {};
  for (const { name, value, tag } of ALL) parameters[name] = value(draw, tag, bucket);
  return Object.assign(parameters, personalOfConfiguration(draw));
}

/** How often a device reports at an instant. */
export function reportIntervalMs(draw: Draw, atMs: number): number {
  const bucket = Math.floor(atMs / CHANGES_EVERY_MS);
  const seconds = REPORT_INTERVAL.map(({ value, tag }) => Number(value(draw, tag, bucket)));
  return (seconds[0] ?? 300) * 1_000;
}
