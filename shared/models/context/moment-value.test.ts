import { expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { modulesValue } from './modules-value.ts';

const environment = createEnvironment();
const render = (text: string) => environment.parse(text, 'moment.sql').render({ modules: modulesValue });
const datetime = 'modules.datetime.datetime';

// Expected values are CPython's (3.11).
test.each([
  [`${datetime}(2024, 2, 29, 10, 5)`, '2024-02-29 10:05:00'],
  [`${datetime}(2024, 2, 29, 10, 5, 6, 70).isoformat()`, '2024-02-29T10:05:06.000070'],
  ['modules.datetime.date(2024, 12, 31) + modules.datetime.timedelta(days=1)', '2025-01-01'],
  [`(${datetime}(2024, 3, 1) - ${datetime}(2024, 2, 1)).days`, '29'],
  [`${datetime}(2024, 3, 1) - ${datetime}(2024, 3, 1, 1, 30)`, '-1 day, 22:30:00'],
  [`${datetime}.strptime('05/Mar/24 07', '%d/%b/%y %H')`, '2024-03-05 07:00:00'],
  [`${datetime}.strptime('2024-03-05', '%Y-%m-%d').strftime('%A %j %-d.%-m. %p')`, 'Tuesday 065 5.3. AM'],
  [`${datetime}.fromisoformat('2024-03-05T01:02:03+02:00')`, '2024-03-05 01:02:03+02:00'],
  [`${datetime}(2024, 1, 31) < ${datetime}(2024, 2, 1)`, 'True'],
  [`${datetime}(2024, 5, 6).weekday()`, '0'],
  [`${datetime}(2024, 5, 6, 7).replace(day=1, hour=0)`, '2024-05-01 00:00:00'],
  ['modules.datetime.timedelta(hours=25).total_seconds()', '90000.0'],
  ["modules.re.sub('[^a-z]+', '_', 'a b--c')", 'a_b_c'],
  ["modules.re.match('(?P<n>\\\\d+)', '42x').group('n')", '42'],
  ["modules.re.findall('(\\\\w)(\\\\d)', 'a1 b2')", "[('a', '1'), ('b', '2')]"],
  ["modules.re.match('(?P<x>a)(b)?', 'ac').groupdict()", "{'x': 'a'}"],
  ["modules.re.search('b(c)', 'abcd').span(1)", '(2, 3)'],
  ["modules.re.split('([,;])', 'a,b;c', 1)", "['a', ',', 'b;c']"],
  ["modules.re.compile('b').sub('x', 'abcb', count=1)", 'axcb'],
  ["modules.re.sub('(?P<w>b)', '<\\\\g<w>\\\\1>', 'ab')", 'a<bb>'],
  ["modules.re.finditer('a', 'aba') | map(attribute='string') | list", "['aba', 'aba']"],
  ["modules.re.escape('a.b-c d')", 'a\\.b\\-c\\ d'],
  ["modules.itertools.product([1, 2], ['a']) | list", "[(1, 'a'), (2, 'a')]"],
])('%s is %s', (expression, expected) => {
  expect(render(`{{ ${expression} }}`)).toBe(expected);
});

test.each([
  `${datetime}(2023, 2, 29)`,
  `${datetime}.strptime('x', '%Y')`,
  "modules.re.match('(', 'x')",
  "modules.re.search('a', 'x' * 2000000)",
  "modules.re.match('(a+)+b', 'a' * 40)",
  "modules.re.match('a', 'a').group(1)",
  "modules.re.sub('a', '\\\\g<nothing>', 'a')",
])('%s fails', (expression) => {
  expect(() => render(`{{ ${expression} }}`)).toThrow();
});

test.each([`${datetime}.constructor`, `${datetime}.__proto__`, 'modules.re.__class__', 'modules.os'])(
  '%s is not there',
  (expression) => {
    expect(render(`{{ ${expression} is defined }}`)).toBe('False');
  },
);
