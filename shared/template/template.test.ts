import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import { collectCalls } from './analysis/collect-calls.ts';
import { collectNames } from './analysis/collect-names.ts';
import { extractBlocks } from './analysis/extract-blocks.ts';
import { createEnvironment } from './create-environment.ts';
import { TemplateError } from './failures/template-error.ts';
import { hostFunction } from './host/host-function.ts';
import { HostRecord } from './host/host-record.ts';
import { raiseFromTemplate } from './host/raise.ts';
import { returnFunction } from './host/return-function.ts';
import type { SyntaxTree } from './syntax/syntax-tree.ts';
import { ListValue } from './values/list-value.ts';

const environment = createEnvironment({
  globals: { return: returnFunction },
  macroTags: {
    test: { prefix: 'test_', arguments: 'signature' },
    materialization: { prefix: 'materialization_', arguments: 'options' },
  },
  loader: (name) => (name === 'broken' ? 'a\n{{ 1/0 }}' : undefined),
});

function failure(work: () => unknown): TemplateError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof TemplateError) return thrown;
    throw thrown;
  }
  throw new Error('it did not fail');
}

test('an error names file, line, column, the text and the macros that were running', () => {
  const source =
    'select 1\n{% macro inner(a) %}\n  {{ a.b.c }}\n{% endmacro %}\n{% macro outer() %}{{ inner(1) }}{% endmacro %}\n{{ outer() }}';
  const error = failure(() => environment.parse(source, 'models/x.sql').render());
  expect(error).toMatchObject({
    code: 'TEMPLATE_UNDEFINED',
    file: 'models/x.sql',
    line: 3,
    column: 6,
    lineText: '  {{ a.b.c }}',
  });
  expect(error.macroStack.map(({ macro, calledFrom }) => [macro, calledFrom.line])).toEqual([
    ['inner', 5],
    ['outer', 6],
  ]);
  expect(error.describe()).toContain('in macro outer, called from models/x.sql:6');
});

test('a syntax error names its place', () => {
  expect(failure(() => environment.parse('ok\n  {% endif %}', 'f'))).toMatchObject({
    code: 'TEMPLATE_SYNTAX',
    line: 2,
    column: 6,
  });
});

test('an error in an included template names that template', () => {
  expect(failure(() => environment.parse("{% include 'broken' %}", 'f').render())).toMatchObject({
    file: 'broken',
    line: 2,
  });
});

test('an error raised on purpose carries its message', () => {
  const raise = hostFunction('raise', (call) => raiseFromTemplate(String(call.args[0])));
  const error = failure(() => environment.parse("{{ raise('no such column') }}", 'f').render({ raise }));
  expect(error).toMatchObject({ code: 'TEMPLATE_RAISED', problem: 'no such column' });
});

test('the host calls a macro and gets what it returned', () => {
  const template = environment.parse(
    '{% macro m(a, b=2) %}{{ return([a, b, c, d()]) }}{% endmacro %}{% macro d() %}D{% endmacro %}',
    'f',
  );
  expect(template.macros.map(({ name, parameters }) => [name, parameters])).toEqual([
    ['m', ['a', 'b']],
    ['d', []],
  ]);
  const result = template.callMacro('m', [1n], new Map(), { c: 3n });
  expect(result).toBeInstanceOf(ListValue);
  expect(result).toMatchObject({ items: [1n, 2n, 3n, 'D'] });
  expect(failure(() => template.callMacro('zz')).code).toBe('TEMPLATE_NOT_FOUND');
});

test('a macro of one file runs in the render of another, and its place is its own file', () => {
  const library = environment.parse('{% macro boom() %}\n\n{{ 1 / zero }}{% endmacro %}', 'macros/boom.sql');
  const names = new Map([['zero', 0n]]);
  const utilities = new HostRecord('Package', { boom: library.macro('boom', names) ?? null });
  const error = failure(() =>
    environment.parse('x\n{{ utilities.boom() }}', 'model.sql').render({ utilities }),
  );
  expect(error).toMatchObject({ file: 'macros/boom.sql', line: 3 });
  expect(error.macroStack).toMatchObject([{ macro: 'boom', calledFrom: { file: 'model.sql', line: 2 } }]);
});

test('tags of the host define macros under a prefix', () => {
  const source =
    "{% materialization mine, adapter='postgres', default %}{{ x }}{% endmaterialization %}{% test t(model) %}{{ model }}{% endtest %}";
  const { macros } = environment.parse(source, 'f');
  expect(macros.map(({ name, tag }) => [name, tag])).toEqual([
    ['materialization_mine', 'materialization'],
    ['test_t', 'test'],
  ]);
  expect(macros[0]?.node.options.map(({ name }) => name)).toEqual(['adapter', 'default']);
});

test('a tree survives a cache', () => {
  const template = environment.parse(
    '{% for i in range(3) %}{{ i + 12345678901234567890 }},{% endfor %}',
    'f',
  );
  const copy = deserialize(serialize(template.tree)) as SyntaxTree;
  expect(environment.fromTree(copy).render()).toBe(template.render());
});

test('calls are found without rendering', () => {
  const source =
    "{{ config(tags=['a', 1], on=-2) }}\nselect * from {{ ref('m') }}{% if x %}{{ ref(y, v=2) }}{{ config.get('q') }}{% endif %}{% call statement('s') %}{{ ref('in') }}{% endcall %}";
  const calls = collectCalls(environment.parse(source, 'f'), ['ref', 'config', 'config.get', 'statement']);
  expect(
    calls.map(({ name, line, isLiteral, isConditional }) => [name, line, isLiteral, isConditional]),
  ).toEqual([
    ['config', 1, true, false],
    ['ref', 2, true, false],
    ['ref', 2, false, true],
    ['config.get', 2, true, true],
    ['statement', 2, true, false],
    ['ref', 2, true, true],
  ]);
  expect(calls[0]?.kwargs.get('on')).toBe(-2n);
  expect(calls[0]?.kwargs.get('tags')).toMatchObject({ items: ['a', 1n] });
  expect(calls[2]?.args).toEqual([undefined]);
});

test('names are found without rendering', () => {
  const names = collectNames(environment.parse('{% set a = b %}{{ pkg.m(c) }}{{ x[d] }}', 'f'));
  expect([...names]).toEqual(['b', 'pkg.m', 'pkg', 'c', 'x', 'd']);
});

test('blocks are cut out of a file whatever is inside', () => {
  const source =
    "{# {% docs no %} #}\n{% docs one %}it's {{ not jinja {% enddocs %}\n{% raw %}{% docs no %}{% endraw %}{%- snapshot two -%}{% if 1 %}x{% endif %}{%- endsnapshot -%}";
  expect(
    extractBlocks(source, 'f', ['docs', 'snapshot']).map(({ tag, name, body, line }) => [
      tag,
      name,
      body,
      line,
    ]),
  ).toEqual([
    ['docs', 'one', "it's {{ not jinja ", 2],
    ['snapshot', 'two', '{% if 1 %}x{% endif %}', 3],
  ]);
  expect(failure(() => extractBlocks('{% docs a %}', 'f', ['docs'])).line).toBe(1);
});
