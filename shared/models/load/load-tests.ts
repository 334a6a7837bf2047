import { atOnce } from '../compile/at-once.ts';
import { addTemplateProblem } from '../compile/macro-library.ts';
import type { NodeScope } from '../compile/render-scope.ts';
import { renderTest } from '../compile/render-test.ts';
import type { RawConfig } from '../project/config-tree.ts';
import type { Call, TestConfig, TestNode, TestSubject } from '../project/project.ts';
import type { ProjectFile } from '../project/project-files.ts';
import type { DeclaredTest } from '../project/properties.ts';
import { textOr } from '../project/read-yaml.ts';
import type { Loading } from './loading.ts';
import { NodeConfig } from './node-config.ts';
import { parseScope } from './parse-scope.ts';
import { namesOfTest } from './test-names.ts';
import { yamlNames } from './yaml-names.ts';

/** A test whose calls are recorded but not yet resolved. */
export interface ParsedTest {
  readonly node: Omit<TestNode, 'refs' | 'sources' | 'subject' | 'label'> & {
    readonly subject: DeclaredOn | undefined;
  };
  readonly calls: readonly Call[];
  /** Turned off: kept for artifacts alone. */
  readonly isDisabled: boolean;
}

/** What a generic test is declared on. */
export type DeclaredOn = Pick<TestSubject, 'kind' | 'name' | 'version'>;

/** A generic test of a model, seed, snapshot or source table. Undefined when broken. */
export function loadGenericTest(
  declared: DeclaredTest,
  subject: DeclaredOn,
  loading: Loading,
): ParsedTest | undefined {
  const { file, line, test, column, args, description } = declared;
  const { own, scope } = loading;
  if (!scope.library.test(test, own.name)) {
    if (loading.problems.broken.hasMacro(`test_${test.split('.').at(-1) ?? ''}`)) return undefined;
    loading.problems.add(
      file,
      line,
      `there is no test "${test}": a macro {% test ${test}(model, …) %} defines one`,
    );
    return undefined;
  }
  const names = namesOfTest(declared, subject, own.name);
  const fqn = [own.name, ...foldersOf(file, loading), names.name];
  const declaredConfig = renderedConfig(declared, loading);
  const config = new NodeConfig(loading, 'tests', fqn, {});
  config.declare(declaredConfig);
  const before = readTestConfig(config.raw, () => undefined);
  const said = { sql: undefined, subject, column, args, description, file, line };
  const shape = { ...names, packageName: own.name, test, ...said };
  const parsed = record({ ...shape, config: before }, loading, (inMacro) => config.declare(inMacro));
  // What the declaration says wins over what the macro says of all its tests; its tags are there already.
  const { tags: _, ...winning } = declaredConfig;
  config.declare(winning);
  const settled = readTestConfig(config.raw, (cause) => loading.problems.add(file, line, cause));
  return parsed && settledTest(parsed, settled);
}

/** A test's own configuration with its templates rendered, e.g. `severity: "{{ 'error' if target.name == 'prod' else 'warn' }}"`. */
function renderedConfig({ config, file, line }: DeclaredTest, { scope, problems }: Loading): RawConfig {
  const renderer = yamlNames(scope, scope.vars);
  const rendered = (value: unknown): unknown => {
    if (typeof value !== 'string' || !/\{[{%]/.test(value)) return value;
    try {
      return renderer.render(value, file);
    } catch (error) {
      problems.add(file, line, problemOf(error));
      return value;
    }
  };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, rendered(value)]));
}

const settledTest = (parsed: ParsedTest, config: TestConfig): ParsedTest => ({
  ...parsed,
  node: { ...parsed.node, config },
  isDisabled: !config.enabled,
});

/** A query below the test paths that yields failing rows; YAML may describe it below `data_tests`. Undefined when broken. */
export function loadSingularTest(file: ProjectFile, loading: Loading): ParsedTest | undefined {
  const { own } = loading;
  const shown = `${own.shown}${file.path}`;
  const folders = file.inner.split('/');
  const name = (folders.pop() ?? '').replace(/\.sql$/, '');
  const declared = loading.properties.dataTests.get(name);
  const config = new NodeConfig(loading, 'tests', [own.name, ...folders, name], declared?.config ?? {});
  const shape = {
    name,
    alias: name,
    uniqueId: `test.${own.name}.${name}`,
    packageName: own.name,
    test: name,
    sql: file.text,
    subject: undefined,
    column: undefined,
    args: {},
    description: declared?.description ?? '',
    file: shown,
    line: 1,
  };
  const read = (): TestConfig => readTestConfig(config.raw, (cause) => loading.problems.add(shown, 1, cause));
  const parsed = record({ ...shape, config: read() }, loading, (inFile) => config.declare(inFile));
  return parsed && settledTest(parsed, read());
}

/** Folders of a YAML file below the models' root: what a tree of `tests` or `sources` may name. */
export function foldersOf(file: string, { own }: Loading): string[] {
  const inner = file.slice(own.shown.length);
  const root = own.settings.modelPaths.find((path) => inner.startsWith(`${path}/`));
  return root === undefined
    ? []
    : inner
        .slice(root.length + 1)
        .split('/')
        .slice(0, -1);
}

function record(
  node: ParsedTest['node'],
  loading: Loading,
  onConfig?: (config: RawConfig) => void,
): ParsedTest | undefined {
  const calls: Call[] = [];
  try {
    const scope = parseScope(loading.scope, testScope(node, loading.scope.target.schema), calls, onConfig);
    atOnce(renderTest(node, scope, loading.environment));
    // Places inside an argument count within that argument; the declaration's is the one to show.
    const placed = calls.map(({ column: _, ...call }) => ({ ...call, file: node.file, line: node.line }));
    return { node, calls: node.sql === undefined ? placed : calls, isDisabled: !node.config.enabled };
  } catch (error) {
    // What is turned off need not work.
    if (!node.config.enabled) return { node, calls: [], isDisabled: true };
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
export function testScope(
  test: Pick<TestNode, 'name' | 'alias' | 'file' | 'config' | 'packageName' | 'uniqueId'>,
  schema: string,
): NodeScope {
  const { name, file, packageName, uniqueId } = test;
  return {
    name,
    file,
    originalFile: file,
    packageName,
    uniqueId,
    version: undefined,
    fqn: [packageName, name],
    resourceType: 'test',
    config: test.config.raw,
    relation: { schema, name: test.alias },
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
