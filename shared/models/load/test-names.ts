import { createHash } from 'node:crypto';
import { floatText } from '#shared/template/values/float-text.ts';
import { textRepr } from '#shared/template/values/text-repr.ts';
import { floatIn } from '#shared/template/values/whole-float.ts';
import type { TestSubject } from '../project/project.ts';
import type { DeclaredTest } from '../project/properties.ts';
import { isMapping } from '../project/read-yaml.ts';

/** What a generic test is called. */
export interface TestNames {
  /** In results and selection, however long. */
  readonly name: string;
  /** Of the relation that keeps its failures: at most 63 characters where the author gave no name. */
  readonly alias: string;
  readonly uniqueId: string;
}

const LONGEST_NAME = 63;
const KEPT_OF_LONG_NAME = 30;
const HASH_LENGTH = 10;

/**
 * Names and id of a generic test, exactly as the original makes them, since manifests of other tools are compared by them
 * (`parser/generic_test_builders.py`, `parser/schema_generic_tests.py`).
 *
 * @param packageName where it is declared.
 */
export function namesOfTest(
  declared: Pick<DeclaredTest, 'test' | 'name' | 'column' | 'args'>,
  subject: Pick<TestSubject, 'kind' | 'name' | 'version'>,
  packageName: string,
): TestNames {
  const [first = '', second] = declared.test.split('.');
  const [namespace, test] = second === undefined ? [null, first] : [first, second];
  const args = {
    ...declared.args,
    ...(declared.column === undefined ? {} : { column_name: declared.column }),
  };
  const made = madeName(namespace, test, subject, args);
  const name = declared.name ?? made.name;
  const metadata = { namespace, name: test, kwargs: { ...args, model: modelCall(subject) } };
  const hash = md5(`${name}${hashable(metadata)}`).slice(-HASH_LENGTH);
  return { name, alias: declared.name ?? made.alias, uniqueId: `test.${packageName}.${name}.${hash}` };
}

/** `not_null_orders_id`: kind, subject, then arguments in the order of their names. */
function madeName(
  namespace: string | null,
  test: string,
  subject: Pick<TestSubject, 'kind' | 'name' | 'version'>,
  args: Readonly<Record<string, unknown>>,
): { readonly name: string; readonly alias: string } {
  const kind = `${namespace === null ? '' : `${namespace}_`}${subject.kind === 'source' ? 'source_' : ''}${test}`;
  const version = subject.version === undefined ? '' : `_v${subject.version}`;
  const stem = `${kind}_${subject.name.replace('.', '_')}${version}`;
  const parts = sorted(args).flatMap(([, value]) => partsOf(value));
  const name = `${stem}_${parts.map((part) => part.replaceAll(/[^0-9a-zA-Z_]+/g, '_')).join('__')}`;
  const alias = name.length > LONGEST_NAME ? `${stem.slice(0, KEPT_OF_LONG_NAME)}_${md5(name)}` : name;
  return { name, alias };
}

/** The template that gives a test its `model`, as the original writes it into the test's metadata. */
function modelCall({ kind, name, version }: Pick<TestSubject, 'kind' | 'name' | 'version'>): string {
  const args = kind === 'source' ? name.split('.') : [name];
  const quoted = args.map((arg) => `'${arg}'`).join(', ');
  const versioned = version === undefined ? '' : `, version='${version}'`;
  const call = kind === 'source' ? `source(${quoted})` : `ref(${quoted}${versioned})`;
  return `{{ get_where_subquery(${call}) }}`;
}

function partsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(pythonText);
  if (isMapping(value)) return Object.values(value).map(pythonText);
  return [pythonText(value)];
}

/** Python's `str` of what YAML holds. */
const pythonText = (value: unknown): string => (typeof value === 'string' ? value : pythonRepr(value));

function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return textRepr(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  const float = floatIn(value);
  if (float !== undefined) return floatText(float);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatText(value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (isMapping(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `${textRepr(key)}: ${pythonRepr(item)}`)
      .join(', ')}}`;
  return String(value);
}

/** Python's `repr` of data with sorted keys and every leaf as text. */
function hashable(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(hashable).join(', ')}]`;
  if (isMapping(data))
    return `{${sorted(data)
      .map(([key, value]) => `${textRepr(key)}: ${hashable(value)}`)
      .join(', ')}}`;
  return textRepr(pythonText(data));
}

const sorted = (data: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
