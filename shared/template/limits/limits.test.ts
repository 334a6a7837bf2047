import { expect, test } from 'vitest';
import { createEnvironment } from '../create-environment.ts';
import { TemplateError } from '../failures/template-error.ts';

// A fifth of the default, to keep the suite short.
const environment = createEnvironment({ limits: { steps: 1_000_000 } });

function failure(source: string): unknown {
  try {
    return environment.parse(source, 't').render();
  } catch (thrown) {
    return thrown;
  }
}

/** Each asks for far more than a machine has; all must end soon, as a limit. */
const greedy = [
  '{% for i in range(10**12) %}{% endfor %}',
  '{% for i in range(10**9) %}{% for j in range(10**9) %}{{ i }}{% endfor %}{% endfor %}',
  '{{ range(10**12)|list }}',
  '{{ range(10**12)|sum }}',
  "{{ 'x' * 10**12 }}",
  '{{ [0] * 10**12 }}',
  '{{ (0,) * 10**10 }}',
  '{{ 10**(10**10) }}',
  '{{ 7 ** 123456789 }}',
  '{% set n = namespace(x=2) %}{% for i in range(99) %}{% set n.x = n.x * n.x %}{% endfor %}{{ n.x }}',
  "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
  "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}",
  "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x.replace('a', n.x) %}{% endfor %}",
  "{% set n = namespace(x='ab') %}{% for i in range(99) %}{% set n.x = n.x.join(['', n.x, '']) %}{% endfor %}",
  '{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}',
  '{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}',
  '{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x|tojson }}',
  '{% set n = namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% set n.y = [n.y, n.y] %}{% endfor %}{{ n.x == n.y }}',
  '{% set n = namespace(x=(1,)) %}{% for i in range(99) %}{% set n.x = (n.x, n.x) %}{% endfor %}{{ {n.x: 1} }}',
  '{% set n = namespace(x=[]) %}{% for i in range(100000) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x }}',
  '{% set l = [1] %}{% for i in l %}{% do l.append(i) %}{% endfor %}',
  '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}',
  '{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{% call c() %}{{ a() }}{% endcall %}{% endmacro %}{% macro c() %}{{ caller() }}{% endmacro %}{{ a() }}',
  '{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}',
  "{{ 'x'|center(10**9) }}",
  "{{ 'x'.ljust(2000000000) }}",
  "{{ '%2000000000d' % 1 }}",
  "{{ '%*d' % (2000000000, 1) }}",
  "{{ '{:2000000000}'.format(1) }}",
  "{{ '\\t'.expandtabs(2000000000) }}",
  "{{ 'x'|indent(2000000000, true) }}",
  '{{ [1]|tojson(indent=2000000000) }}',
  "{{ [1]|batch(2000000000, 'x')|list }}",
  '{{ [1]|slice(2000000000)|list }}',
  "{% for i in range(100000) %}{% set x = ('a' * 1000000) in ('b' * 1000000) %}{% endfor %}",
];

test.each(greedy)('bounds %s', (source) => {
  const start = performance.now();
  const error = failure(source);
  expect(error).toBeInstanceOf(TemplateError);
  expect(['TEMPLATE_LIMIT', 'TEMPLATE_VALUE']).toContain(error instanceof TemplateError ? error.code : '');
  expect(performance.now() - start).toBeLessThan(9_000);
});

test.each([
  ['parentheses', `{{ ${'('.repeat(5000)}1${')'.repeat(5000)} }}`],
  ['lists', `{{ ${'['.repeat(5000)}${']'.repeat(5000)} }}`],
  ['nots', `{{ ${'not '.repeat(5000)}1 }}`],
  ['signs', `{{ ${'-'.repeat(5000)}1 }}`],
  ['sums', `{{ ${'1+'.repeat(50000)}1 }}`],
  ['attributes', `{{ a${'.b'.repeat(50000)} }}`],
  ['filters', `{{ 1${'|string'.repeat(50000)} }}`],
  ['ifs', `${'{% if 1 %}'.repeat(5000)}${'{% endif %}'.repeat(5000)}`],
  ['conditionals', `{{ ${'1 if 0 else '.repeat(5000)}1 }}`],
])('bounds nested %s', (_what, source) => {
  expect(failure(source)).toMatchObject({
    name: 'TemplateError',
    problem: expect.stringMatching(/nested|chain/),
  });
});

test('limits can be set', () => {
  const small = createEnvironment({ limits: { outputCharacters: 10, steps: 1000 } });
  expect(small.parse('{% for i in range(9) %}x{% endfor %}', 't').render()).toBe('xxxxxxxxx');
  expect(() => small.parse("{{ 'x' * 11 }}", 't').render()).toThrow(/more than 10 characters/);
  expect(() => small.parse('{% for i in range(999) %}{% endfor %}', 't').render()).toThrow(
    /more than 1000 steps/,
  );
});

test('recursion of a hundred macros is fine', () => {
  const source =
    '{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{% else %}end{% endif %}{% endmacro %}{{ m(100) }}';
  expect(environment.parse(source, 't').render()).toBe('end');
});
