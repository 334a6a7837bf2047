import { expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { modulesValue } from './modules-value.ts';

const environment = createEnvironment();
const render = (text: string) => environment.parse(text, 'zone.sql').render({ modules: modulesValue });

// Expected values are CPython's (3.11) with pytz.
test.each([
  [
    "modules.datetime.datetime(2024, 1, 15, 12, 0, 0, 0, modules.pytz.utc).astimezone(modules.pytz.timezone('America/New_York'))",
    '2024-01-15 07:00:00-05:00',
  ],
  [
    "modules.datetime.datetime(2024, 7, 15, 12, 0, 0, 0, modules.pytz.utc).astimezone(modules.pytz.timezone('America/New_York')).strftime('%Y-%m-%d %H:%M %Z %z')",
    '2024-07-15 08:00 EDT -0400',
  ],
  [
    "modules.datetime.datetime(2024, 1, 15, 23, 30, 0, 0, modules.pytz.utc).astimezone(modules.pytz.timezone('Asia/Kolkata')).strftime('%d %H:%M %Z %z')",
    '16 05:00 IST +0530',
  ],
  [
    "modules.datetime.datetime(2024, 7, 15, 23, 30, 0, 0, modules.pytz.utc).astimezone(modules.pytz.timezone('Europe/Warsaw')).strftime('%d %H:%M %Z')",
    '16 01:30 CEST',
  ],
  [
    "modules.pytz.timezone('Europe/London').localize(modules.datetime.datetime(2024, 1, 15, 8)).tzname()",
    'GMT',
  ],
  [
    "modules.pytz.timezone('Europe/London').localize(modules.datetime.datetime(2024, 7, 15, 8)).isoformat()",
    '2024-07-15T08:00:00+01:00',
  ],
  [
    "modules.pytz.timezone('America/New_York').localize(modules.datetime.datetime(2024, 11, 3, 1, 30))",
    '2024-11-03 01:30:00-05:00',
  ],
  [
    "modules.pytz.timezone('America/New_York').localize(modules.datetime.datetime(2024, 11, 3, 1, 30), is_dst=True)",
    '2024-11-03 01:30:00-04:00',
  ],
  [
    "modules.pytz.timezone('America/New_York').localize(modules.datetime.datetime(2024, 3, 10, 2, 30))",
    '2024-03-10 02:30:00-05:00',
  ],
  [
    "modules.pytz.timezone('America/New_York').normalize(modules.pytz.timezone('America/New_York').localize(modules.datetime.datetime(2024, 3, 9, 12)) + modules.datetime.timedelta(days=1))",
    '2024-03-10 13:00:00-04:00',
  ],
  [
    "modules.pytz.timezone('Pacific/Auckland').localize(modules.datetime.datetime(2024, 1, 1)).astimezone(modules.pytz.utc)",
    '2023-12-31 11:00:00+00:00',
  ],
  [
    "modules.pytz.timezone('Europe/Warsaw').localize(modules.datetime.datetime(2024, 7, 1)).utcoffset()",
    '2:00:00',
  ],
  ["modules.pytz.timezone('Europe/Warsaw').utcoffset(modules.datetime.datetime(2024, 1, 1))", '1:00:00'],
  ["modules.pytz.timezone('Europe/Warsaw')", 'Europe/Warsaw'],
  ['modules.datetime.datetime(2024, 1, 1).tzinfo', 'None'],
  [
    'modules.datetime.datetime(2024, 1, 1, tzinfo=modules.datetime.timezone.utc)',
    '2024-01-01 00:00:00+00:00',
  ],
  [
    "modules.datetime.datetime(2024, 1, 1, 12, tzinfo=modules.datetime.timezone(modules.datetime.timedelta(hours=-5))).strftime('%z %Z')",
    '-0500 UTC-05:00',
  ],
  ['modules.datetime.datetime(2024, 1, 1, 12, tzinfo=modules.pytz.utc).timestamp()', '1704110400.0'],
  [
    'modules.datetime.datetime(2024, 1, 1, 12).replace(tzinfo=modules.pytz.utc).isoformat()',
    '2024-01-01T12:00:00+00:00',
  ],
  [
    "modules.pytz.timezone('Asia/Tokyo').localize(modules.datetime.datetime(2024, 1, 1)) == modules.datetime.datetime(2023, 12, 31, 15, tzinfo=modules.pytz.utc)",
    'True',
  ],
  [
    "modules.datetime.datetime(2024, 7, 1, 12, tzinfo=modules.pytz.timezone('America/Los_Angeles')).isoformat()",
    '2024-07-01T12:00:00-07:53',
  ],
  [
    "modules.datetime.datetime(2024, 7, 1).replace(tzinfo=modules.pytz.timezone('Australia/Sydney')).isoformat()",
    '2024-07-01T00:00:00+10:05',
  ],
  [
    "modules.datetime.datetime(2024, 7, 1).replace(tzinfo=modules.pytz.timezone('Asia/Tokyo').localize(modules.datetime.datetime(2024, 7, 1)).tzinfo).isoformat()",
    '2024-07-01T00:00:00+09:00',
  ],
  [
    "modules.datetime.datetime(2024, 7, 1, tzinfo=modules.pytz.timezone('Etc/GMT+5')).isoformat()",
    '2024-07-01T00:00:00-05:00',
  ],
  ['modules.datetime.datetime(2024, 1, 1, 12, 5).time()', '12:05:00'],
])('%s is %s', (expression, expected) => {
  expect(render(`{{ ${expression} }}`)).toBe(expected);
});

test('a date has no time of day', () => {
  expect(render('{{ modules.datetime.date(2024, 1, 1).hour is defined }}')).toBe('False');
});

test.each([
  ["modules.pytz.timezone('Europe/Nowhere')", 'no time zone'],
  ['modules.pytz.utc.localize(modules.datetime.datetime(2024, 1, 1, tzinfo=modules.pytz.utc))', 'Not naive'],
  ['modules.pytz.utc.localize(1)', 'a datetime was expected'],
])('%s fails', (expression, problem) => {
  expect(() => render(`{{ ${expression} }}`)).toThrow(problem);
});
