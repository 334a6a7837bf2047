import type { Environment } from '#shared/template/create-environment.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { DictValue } from '#shared/template/values/dict-value.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import { ListValue } from '#shared/template/values/list-value.ts';
import type { Value } from '#shared/template/values/value.ts';
import { after, mapInOrder, type Wait } from '#shared/template/values/wait.ts';
import type { TestNode, TestSubject } from '../project/project.ts';
import { isMapping } from '../project/read-yaml.ts';
import { namesOf } from './context.ts';
import { isBuiltInRule } from './is-built-in-rule.ts';
import type { Names } from './macro-library.ts';
import type { RenderScope } from './render-scope.ts';

/** What the original takes for an expression when an argument of a test is text. */
const EXPRESSION = /^\s*(env_var|ref|var|source)\s*\(.+\)\s*$/s;

/** The macro by which projects decide which rows tests see. */
const NARROWING = 'get_where_subquery';

/** Text that is one expression between braces, and nothing else. */
const SINGLE = /^\s*\{\{((?:(?!\}\}|\{\{).)+)\}\}\s*$/s;

/** A test as far as rendering it needs. */
export type RenderedTest = Pick<
  TestNode,
  'test' | 'sql' | 'file' | 'line' | 'column' | 'args' | 'config' | 'packageName'
> & {
  readonly subject: Pick<TestSubject, 'kind' | 'name' | 'version'> | undefined;
};

/**
 * Renders a test to the query that yields its failing rows.
 *
 * @throws TemplateError
 */
export function renderTest(test: RenderedTest, scope: RenderScope, environment: Environment): Wait<string> {
  const names = namesOf(scope);
  if (test.sql !== undefined) return environment.parse(test.sql, test.file).render(names);
  const kwargs = new Map<string, Value>();
  const subject = after(subjectOf(test, scope, names), (value) => {
    kwargs.set('model', value);
    if (test.column !== undefined) kwargs.set('column_name', test.column);
  });
  const evaluated = after(subject, () =>
    mapInOrder(Object.entries(test.args), ([name, value]) =>
      after(argumentOf(value, names, environment, test.file), (made) => void kwargs.set(name, made)),
    ),
  );
  const entry = scope.project.library.test(test.test, test.packageName);
  const rendered = after(evaluated, () =>
    scope.project.library.callEntry(entry, `test_${test.test}`, [], kwargs, names),
  );
  return after(rendered, (text) => (typeof text === 'string' ? text : ''));
}

/** What `get_where_subquery` makes of the relation tested: itself, or those of its rows that `where` keeps. */
function subjectOf(test: RenderedTest, scope: RenderScope, names: Names): Wait<Value> {
  const place = { file: test.file, line: test.line, column: 1, lineText: '' };
  const [first = '', ...rest] = test.subject?.name.split('.') ?? [];
  const relation =
    test.subject?.kind === 'source'
      ? scope.resolveSource([first, rest.join('.')], place)
      : scope.resolveRef([test.subject?.name ?? ''], test.subject?.version, place);
  const { library } = scope.project;
  // The built-in one answers the relation itself then; it is asked for every test of a project.
  if (!scope.node.config['where'] && isBuiltInRule(NARROWING, test.packageName, scope.project))
    return relation;
  const macro = library.find(NARROWING, test.packageName);
  return after(relation, (found) => library.callEntry(macro, NARROWING, [found], new Map(), names));
}

/**
 * An argument as the macro is given it: texts in it are rendered, at any depth, and one that is a single expression keeps the
 * expression's type, as the original (`parser/generic_test_builders.py`, `add_rendered_test_kwargs`).
 */
function argumentOf(value: unknown, names: Names, environment: Environment, file: string): Wait<Value> {
  const inner = (item: unknown): Wait<Value> => argumentOf(item, names, environment, file);
  if (Array.isArray(value)) return after(mapInOrder(value, inner), (items) => new ListValue(items));
  if (isMapping(value))
    return after(
      mapInOrder(Object.entries(value), ([key, item]) =>
        after(inner(item), (made): [string, Value] => [key, made]),
      ),
      (entries) => new DictValue(entries),
    );
  if (typeof value !== 'string') return fromHost(value);
  const expression = EXPRESSION.test(value) ? value : SINGLE.exec(value)?.[1];
  if (expression !== undefined) return valueOfExpression(expression, names, environment, file);
  return value.includes('{{') || value.includes('{%') ? environment.parse(value, file).render(names) : value;
}

/** Value of an expression: it is handed to a function of ours instead of being printed. */
function valueOfExpression(
  expression: string,
  names: Names,
  environment: Environment,
  file: string,
): Wait<Value> {
  let captured: Value = null;
  const capture = hostFunction('capture', ({ args }) => {
    captured = args[0] ?? null;
    return '';
  });
  const template = environment.parse(`{{ penstock_capture(${expression}) }}`, file);
  const rendered = template.render({
    get: (name) => (name === 'penstock_capture' ? capture : names.get(name)),
  });
  return after(rendered, () => captured);
}

/**
 * The query a warehouse runs for a test: one row of failures and what they mean. Only counts come back.
 *
 * @param rows query of the failing rows.
 */
export function countingSql(test: TestNode, rows: string): string {
  const { failCalc, warnIf, errorIf } = test.config;
  return `select ${failCalc} as failures, ${failCalc} ${warnIf} as should_warn, ${failCalc} ${errorIf} as should_error
from (
${rows}
) as penstock_test`;
}

/** The failing rows a test's `limit` lets through. */
export function limitedRows(test: TestNode, rows: string): string {
  const { limit } = test.config;
  return limit === undefined ? rows : `${rows}\nlimit ${limit}`;
}
