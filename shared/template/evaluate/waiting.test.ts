import { expect, test } from 'vitest';
import { createEnvironment } from '../create-environment.ts';
import { TemplateError } from '../failures/template-error.ts';
import { hostFunction } from '../host/host-function.ts';
import { returnFunction } from '../host/return-function.ts';
import { fromHost } from '../values/from-host.ts';
import type { Value } from '../values/value.ts';

const environment = createEnvironment();

/** A context whose `query(x)` waits and records, whose `now(x)` does not wait. */
function context(): { calls: string[]; names: Map<string, Value> } {
  const calls: string[] = [];
  const query = hostFunction('query', async (call) => {
    calls.push(String(call.args[0]));
    await Promise.resolve();
    return call.args[0] ?? null;
  });
  const boom = hostFunction('boom', async () => {
    await Promise.resolve();
    throw new Error('the server is gone');
  });
  const names = new Map<string, Value>([
    ['query', query],
    ['boom', boom],
    ['return', returnFunction],
    ['now', hostFunction('now', (call) => call.args[0] ?? null)],
  ]);
  return { calls, names };
}

function render(source: string): { result: unknown; calls: string[] } {
  const { calls, names } = context();
  return { result: environment.parse(source, 't').render(names), calls };
}

test('what waits for nothing renders at once', () => {
  expect(render('{% for i in range(3) %}{{ now(i) }}{% endfor %}').result).toBe('012');
});

/** Each template with `query` must give what it gives with `now` in its place, and call each once, in order. */
const waiting = [
  "{{ query('a') }}{{ query('b') ~ query('c') }}",
  "{% for i in [query('a'), query('b')] if query(i) != 'a' %}{{ loop.index }}{{ query(i) }}{% endfor %}",
  "{% if query('') %}x{% elif query('y') %}{{ query('z') }}{% endif %}",
  "{% macro m(a, b=query('d')) %}{{ a }}{{ b }}{{ query('e') }}{% endmacro %}[{{ m(query('f')) }}]",
  "{% macro m() %}{% do return([query('a')]) %}{% endmacro %}{{ m()[0] }}",
  "{% macro w() %}<{{ caller(query('a')) }}>{% endmacro %}{% call(x) w() %}{{ x }}{{ query('b') }}{% endcall %}",
  "{% set ns = namespace(l=[]) %}{% for i in 'abc' %}{% do ns.l.append(query(i)) %}{% endfor %}{{ ns.l }}",
  "{% set x %}{{ query('a') }}{% endset %}{{ x|upper }}{% filter upper %}{{ query('b') }}{% endfilter %}",
  "{% with a = query('a'), b = query('b') %}{{ a }}{{ b }}{% endwith %}",
  "{{ {'k': query('v')}['k'] }}{{ [query('a')][0] }}{{ query('abc')[1:] }}{{ (query('a'), 1) }}",
  "{{ 'yes' if query('') else query('no') }}{{ query('') or query('b') }}{{ query('a') < query('b') < query('c') }}",
  "{{ query('a') is eq query('a') }}{{ query('abc') | replace(query('a'), query('z')) }}{{ dict(x=query('q')) }}",
  "{% for i in 'ab' %}{% if query(i) == 'a' %}{% continue %}{% endif %}{{ i }}{% break %}{% endfor %}",
  "{% for i in [[1, ['x']]] recursive %}{{ query('r') }}{% if i is iterable and i is not string %}{{ loop(i) }}{% endif %}{% endfor %}",
  '{% macro f(n) %}{% if query(n) > 0 %}{{ n }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(4) }}',
];

test.each(waiting)('waits, once for each call, in order: %s', async (source) => {
  const later = render(source);
  const atOnce = render(source.replaceAll('query(', 'now('));
  expect(later.result).toBeInstanceOf(Promise);
  expect(await later.result).toBe(atOnce.result);
  expect(later.calls.length).toBeGreaterThan(0);
});

test('a side effect before a wait happens once', async () => {
  const { result } = render(
    "{% set l = [] %}{% do l.append(1) %}{{ query('a') }}{% do l.append(2) %}{{ query('b') }}{{ l }}",
  );
  expect(await result).toBe('ab[1, 2]');
});

test('a loop of many waits needs no deep stack', async () => {
  expect(await render('{% for i in range(3000) %}{{ query(1) }}{% endfor %}').result).toBe('1'.repeat(3000));
});

test('a failure after a wait knows its place and its cause', async () => {
  const source = "{% macro inner() %}\n{{ boom() }}{% endmacro %}{{ query('a') }}\n\n{{ inner() }}";
  const error = await Promise.resolve(render(source).result).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TemplateError);
  expect(error).toMatchObject({ code: 'TEMPLATE_CALL_FAILED', line: 2, problem: 'the server is gone' });
  expect(error).toMatchObject({ macroStack: [{ macro: 'inner', calledFrom: { line: 4 } }] });
});

test('a host mapping converts both ways', () => {
  const rendered = environment
    .parse('{{ d.a }}{{ d.b }}{{ d.c[0].x }}', 't')
    .render({ d: fromHost({ a: 1, b: 1.5, c: [{ x: null }] }) });
  expect(rendered).toBe('11.5None');
});
