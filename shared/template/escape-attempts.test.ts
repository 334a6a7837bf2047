import { expect, test } from 'vitest';
import { createEnvironment } from './create-environment.ts';
import { TemplateError } from './failures/template-error.ts';
import { hostFunction } from './host/host-function.ts';
import { HostRecord } from './host/host-record.ts';

const environment = createEnvironment();
const context = {
  f: hostFunction('f', () => 'F'),
  target: new HostRecord('Target', { name: 'dev' }),
};

/** Names that lead to the host in one engine or another. */
const names = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', 'isPrototypeOf'],
  ...[
    '__defineGetter__',
    '__lookupGetter__',
    '__class__',
    '__mro__',
    '__subclasses__',
    '__globals__',
    '__init__',
  ],
  ...[
    '__builtins__',
    '__import__',
    '__dict__',
    '__getattribute__',
    'mro',
    'func_globals',
    'gi_frame',
    'cr_frame',
  ],
  ...[
    'call',
    'apply',
    'bind',
    'length',
    'caller',
    'arguments',
    'items_',
    'typeName',
    'getAttr',
    'toText',
    'iterate',
  ],
];
const carriers = [
  "''",
  '1',
  '1.5',
  'true',
  'none',
  '[]',
  '()',
  '{}',
  'range(3)',
  'f',
  'target',
  'namespace()',
  'dict',
  "cycler('a')",
  'joiner()',
  "''.join",
  '{}.items()',
  "['a']|map('upper')",
];

test.each(carriers)('%s has none of the names that lead out', (carrier) => {
  for (const name of names) {
    for (const access of [
      `(${carrier}).${name}`,
      `(${carrier})['${name}']`,
      `(${carrier})|attr('${name}')`,
    ]) {
      const source = `{{ (${access}) is defined }}`;
      expect([source, environment.parse(source, 't').render(context)]).toEqual([source, 'False']);
    }
  }
});

const globals = [
  'globalThis',
  'process',
  'require',
  'module',
  'Function',
  'Object',
  'eval',
  'this',
  'self',
  'window',
  'console',
  'import',
  '__dirname',
  'Buffer',
  'context',
  'config',
  'request',
  'url_for',
  'lipsum',
  'get_flashed_messages',
];

test.each(globals)('%s is no name of a template', (name) => {
  expect(environment.parse(`{{ ${name} is defined }}`, 't').render()).toBe('False');
});

/** As published against nunjucks, Jinja, Twig and others. */
const attempts = [
  "{{range.constructor(\"return global.process.mainModule.require('child_process').execSync('id')\")()}}",
  "{{({}).constructor.constructor('return process')()}}",
  "{{[]['map']['constructor']('return 1')()}}",
  "{{''['__class__']['__mro__'][1]['__subclasses__']()}}",
  "{{ ''.__class__.__mro__[2].__subclasses__()[40]('/etc/passwd').read() }}",
  '{{ cycler.__init__.__globals__.os.popen("id").read() }}',
  "{{ joiner.__init__.__globals__['os'] }}",
  "{{ namespace.__init__.__globals__.os.system('id') }}",
  "{{ lipsum.__globals__['os'].popen('id').read() }}",
  "{{ self.__init__.__globals__.__builtins__.__import__('os') }}",
  '{{ self._TemplateReference__context.cycler.__init__.__globals__.os }}',
  "{{ (''|attr('__class__')).__mro__ }}",
  '{{ [].__class__.__base__.__subclasses__() }}',
  '{{ dict.mro()[-1].__subclasses__() }}',
  "{{ '{0.__class__.__mro__}'.format('') }}",
  "{{ '{0.__class__.__init__.__globals__}'.format(f) }}",
  "{{ '%s'.__mod__.__self__.__class__.__base__ }}",
  '{{ f.__func__.__globals__ }}',
  "{{ f['constructor']['constructor']('return 1')() }}",
  "{{ {}|attr('__proto__')|attr('polluted') }}",
  "{{ ['constructor']|map(attribute='constructor.constructor')|list|first('x')() }}",
  '{% set x = [].__proto__ %}{% do x.push(1) %}',
  "{% set ns = namespace() %}{% set ns.__proto__ = 1 %}{{ ns.__proto__.constructor('x')() }}",
  "{% macro m() %}{% endmacro %}{{ m.__globals__.os }}{{ m.constructor('x')() }}",
  '{% for k in range.__proto__ %}{{ k() }}{% endfor %}{{ range.__proto__.x }}',
  '{{ f.call.call(f) }}',
  '{{ f.bind(none)() }}',
  "{{ target.getAttr('x') }}",
  "{% import '__main__' as os %}{{ os.system('id') }}",
  "{% include '/etc/passwd' %}",
];

test.each(attempts)('refuses %s', (source) => {
  expect(() => environment.parse(source, 't').render(context)).toThrow(TemplateError);
});

test('a template changes nothing for the next one', () => {
  const source =
    "{% set d = {} %}{% do d.update({'__proto__': {'polluted': 1}}) %}{{ d }}{{ d['__proto__'].polluted }}";
  expect(environment.parse(source, 't').render()).toBe("{'__proto__': {'polluted': 1}}1");
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  expect(environment.parse("{{ {}['polluted'] is defined }}", 't').render()).toBe('False');
});

test('a context given as a record lends its own names only', () => {
  expect(
    environment.parse('{{ toString is defined }}{{ constructor is defined }}', 't').render({ a: 1n }),
  ).toBe('FalseFalse');
});
