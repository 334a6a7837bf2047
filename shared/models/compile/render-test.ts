import type { Environment } from '#shared/template/create-environment.ts';
import { hostFunction } from '#shared/template/host/host-function.ts';
import { fromHost } from '#shared/template/values/from-host.ts';
import type { Value } from '#shared/template/values/value.ts';
import type { TestNode } from '../project/project.ts';
import { atOnce } from './at-once.ts';
import { namesOf } from './context.ts';
import type { Names } from './macro-library.ts';
import { RelationValue } from './relation-value.ts';
import type { RenderScope } from './render-scope.ts';

/** What the original takes for an expression when an argument of a test is text. */
const EXPRESSION = /^\s*(env_var|ref|var|source)\s*\(.+\)\s*$/s;

/**
 * Renders a test to the query that yields its failing rows.
 *
 * @throws TemplateError
 */
export function renderTest(test: TestNode, scope: RenderScope, environment: Environment): string {
  const names = namesOf(scope);
  if (test.sql !== undefined) return atOnce(environment.parse(test.sql, test.file).render(names));
  const kwargs = new Map<string, Value>([['model', subjectOf(test, scope)]]);
  if (test.column !== undefined) kwargs.set('column_name', test.column);
  for (const [name, value] of Object.entries(test.args)) {
    kwargs.set(name, argumentOf(value, names, environment, test.file));
  }
  const rendered = scope.project.library.call(`test_${test.test}`, kwargs, names);
  return typeof rendered === 'string' ? rendered : '';
}

/** The relation tested, or those of its rows that `where` keeps. */
function subjectOf(test: TestNode, scope: RenderScope): Value {
  const place = { file: test.file, line: test.line, column: 1, lineText: '' };
  const [first = '', ...rest] = test.subject?.name.split('.') ?? [];
  const relation =
    test.subject?.kind === 'source'
      ? scope.resolveSource([first, rest.join('.')], place)
      : scope.resolveRef([test.subject?.name ?? ''], place);
  const { where } = test.config;
  if (where === undefined || !(relation instanceof RelationValue)) return relation;
  return `(select * from ${relation.toText()} where ${where}) as penstock_subject`;
}

function argumentOf(value: unknown, names: Names, environment: Environment, file: string): Value {
  if (typeof value !== 'string') return fromHost(value);
  if (EXPRESSION.test(value)) return valueOfExpression(value, names, environment, file);
  return value.includes('{{') ? atOnce(environment.parse(value, file).render(names)) : value;
}

/** Value of an expression: it is handed to a function of ours instead of being printed. */
function valueOfExpression(expression: string, names: Names, environment: Environment, file: string): Value {
  let captured: Value = null;
  const capture = hostFunction('capture', ({ args }) => {
    captured = args[0] ?? null;
    return '';
  });
  const template = environment.parse(`{{ penstock_capture(${expression}) }}`, file);
  atOnce(template.render({ get: (name) => (name === 'penstock_capture' ? capture : names.get(name)) }));
  return captured;
}

/**
 * The query a warehouse runs for a test: one row of failures and what they mean. Only counts come back.
 *
 * @param rows query of the failing rows.
 */
export function countingSql(test: TestNode, rows: string): string {
  const { failCalc, warnIf, errorIf, limit } = test.config;
  const limited = limit === undefined ? rows : `${rows}\nlimit ${limit}`;
  return `select ${failCalc} as failures, ${failCalc} ${warnIf} as should_warn, ${failCalc} ${errorIf} as should_error
from (
${limited}
) as penstock_test`;
}
