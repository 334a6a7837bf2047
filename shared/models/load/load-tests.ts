import { createHash } from 'node:crypto';
import { addTemplateProblem } from '../compile/macro-library.ts';
import type { NodeScope } from '../compile/render-scope.ts';
import { renderTest } from '../compile/render-test.ts';
import { configFromTree, mergeConfig, type RawConfig } from '../project/config-tree.ts';
import type { Call, TestConfig, TestNode, TestSubject } from '../project/project.ts';
import type { ProjectFile } from '../project/project-files.ts';
import type { DeclaredTest } from '../project/properties.ts';
import { textOr } from '../project/read-yaml.ts';
import type { Loading } from './loading.ts';
import { parseScope } from './parse-scope.ts';

/** A test whose calls are recorded but not yet resolved. */
export interface ParsedTest {
  readonly node: Omit<TestNode, 'refs' | 'sources'>;
  readonly calls: readonly Call[];
}

/** A generic test of a model, seed or source table. Undefined when disabled or broken. */
export function loadGenericTest(
  declared: DeclaredTest,
  subject: TestSubject,
  loading: Loading,
): ParsedTest | undefined {
  const { file, line, test, column, args } = declared;
  if (!loading.scope.library.has(`test_${test}`)) {
    loading.problems.add(
      file,
      line,
      `there is no test "${test}": a macro {% test ${test}(model, …) %} defines one`,
    );
    return undefined;
  }
  const raw = mergeConfig(configFromTree(loading.settings.tests, [loading.settings.name]), declared.config);
  const config = readTestConfig(raw, (cause) => loading.problems.add(file, line, cause));
  const name = declared.name ?? nameOf(declared, subject);
  return record({ name, test, sql: undefined, subject, column, args, file, line, config }, loading);
}

/** A query below the test paths that yields failing rows. Undefined when disabled or broken. */
export function loadSingularTest(file: ProjectFile, loading: Loading): ParsedTest | undefined {
  const name = (file.inner.split('/').at(-1) ?? '').replace(/\.sql$/, '');
  let raw = configFromTree(loading.settings.tests, [
    loading.settings.name,
    ...file.inner.split('/').slice(0, -1),
    name,
  ]);
  const onConfig = (config: RawConfig): void => {
    raw = mergeConfig(raw, config);
  };
  const shape = {
    name,
    test: name,
    sql: file.text,
    subject: undefined,
    column: undefined,
    args: {},
    file: file.path,
    line: 1,
  };
  const config = (): TestConfig => readTestConfig(raw, (cause) => loading.problems.add(file.path, 1, cause));
  const parsed = record({ ...shape, config: config() }, loading, onConfig);
  return parsed && { ...parsed, node: { ...parsed.node, config: config() } };
}

function record(
  node: Omit<TestNode, 'refs' | 'sources'>,
  loading: Loading,
  onConfig?: (config: RawConfig) => void,
): ParsedTest | undefined {
  if (!node.config.enabled) return undefined;
  const calls: Call[] = [];
  try {
    const scope = parseScope(loading.scope, testScope(node, loading.scope.target.schema), calls, onConfig);
    renderTest({ ...node, refs: [], sources: [] }, scope, loading.environment);
    // Places inside an argument count within that argument; the declaration's is the one to show.
    return {
      node,
      calls:
        node.sql === undefined ? calls.map((call) => ({ ...call, file: node.file, line: node.line })) : calls,
    };
  } catch (error) {
    if (node.sql === undefined) loading.problems.add(node.file, node.line, problemOf(error));
    else addTemplateProblem(error, node.file, loading.problems);
    return undefined;
  }
}

function problemOf(error: unknown): string {
  if (error instanceof Error && 'problem' in error && typeof error.problem === 'string') return error.problem;
  throw error;
}

/** A test as the subject of a render. */
export function testScope(test: Pick<TestNode, 'name' | 'file' | 'config'>, schema: string): NodeScope {
  return {
    name: test.name,
    file: test.file,
    fqn: [test.name],
    resourceType: 'test',
    config: test.config.raw,
    relation: { schema, name: test.name },
  };
}

const CONDITION = /^\s*(=|!=|<>|<|<=|>|>=|between\s+\d+\s+and)\s*\d*\s*$/i;

function readTestConfig(raw: RawConfig, complain: (cause: string) => void): TestConfig {
  const severity = textOr(raw['severity'], 'error').toLowerCase();
  if (severity !== 'error' && severity !== 'warn')
    complain(`severity: "${severity}" is neither error nor warn`);
  const condition = (key: string): string => {
    const text = textOr(raw[key], '!= 0');
    if (!CONDITION.test(text)) complain(`${key}: "${text}" is no comparison with a number, such as "> 10"`);
    return text;
  };
  const limit = raw['limit'];
  return {
    enabled: raw['enabled'] !== false,
    severity: severity === 'warn' ? 'warn' : 'error',
    where: textOr(raw['where'], '') || undefined,
    limit: typeof limit === 'number' && Number.isInteger(limit) ? limit : undefined,
    warnIf: condition('warn_if'),
    errorIf: condition('error_if'),
    failCalc: textOr(raw['fail_calc'], 'count(*)'),
    raw,
  };
}

/** As the original names tests: kind, subject, then column and arguments; cut by a hash where too long. */
function nameOf(declared: DeclaredTest, subject: TestSubject): string {
  const args = Object.entries(declared.args).sort(([a], [b]) => (a < b ? -1 : 1));
  const flat = args.flatMap(([, value]) =>
    Array.isArray(value) ? value.map((item) => textOr(item, '')) : textOr(value, ''),
  );
  const clean = [declared.column ?? '', ...flat]
    .filter(Boolean)
    .map((part) => part.replace(/[^0-9a-zA-Z_]+/g, '_'));
  const prefix = subject.kind === 'source' ? 'source_' : '';
  const stem = `${prefix}${declared.test}_${subject.name.replaceAll('.', '_')}`;
  const full = [stem, clean.join('__')].filter(Boolean).join('_');
  if (full.length < 64) return full;
  return `${stem.slice(0, 30)}_${createHash('md5').update(full).digest('hex')}`;
}
