import { type Criterion, selectorInvalid } from '../criterion.ts';
import { nearestTo } from '../nearest.ts';
import { RESOURCE_TYPES, type ResourceType, type SelectableNode } from '../selectable-node.ts';
import { wildcard } from '../wildcard.ts';
import { configMatcher } from './match-config.ts';
import type { MatchContext } from './match-context.ts';
import { nameMatcher } from './match-name.ts';
import { fileMatcher, pathMatcher } from './match-path.ts';
import { resultMatcher, sourceStatusMatcher, stateMatcher } from './match-state.ts';
import { versionMatcher } from './match-version.ts';

type Matcher = (node: SelectableNode) => boolean;
type Method = (value: string, context: MatchContext, criterion: Criterion) => Matcher;

/** Kinds of nodes that have an entry of their own in the manifest, not among its `nodes`. */
const APART: readonly ResourceType[] = ['source', 'exposure', 'unit_test'];
const inNodes = ({ resourceType }: SelectableNode): boolean => !APART.includes(resourceType);

const METHODS: Readonly<Record<string, Method>> = {
  fqn: fqnMethod,
  tag: (value) => {
    const matches = wildcard(value);
    return ({ tags }) => tags.some(matches);
  },
  group: (value) => {
    const matches = wildcard(value);
    return (node) => inNodes(node) && node.group !== undefined && matches(node.group);
  },
  access:
    (value) =>
    ({ resourceType, access }) =>
      resourceType === 'model' && access === value,
  source: sourceMethod,
  path: pathMatcher,
  file: fileMatcher,
  package: (value, { projectName }) => {
    const matches = wildcard(value === 'this' ? projectName : value);
    return ({ packageName }) => matches(packageName);
  },
  config: (_value, _context, { value, args }) => configMatcher(value, args),
  test_name: testNameMethod,
  test_type: testTypeMethod,
  resource_type: resourceTypeMethod,
  state: stateMatcher,
  exposure: namedKind('exposure'),
  // The semantic layer is read and kept, but nothing of it can be selected.
  metric: () => () => false,
  semantic_model: () => () => false,
  saved_query: () => () => false,
  result: resultMatcher,
  source_status: sourceStatusMatcher,
  version: versionMatcher,
  unit_test: namedKind('unit_test'),
  selector: (value, { named }) => {
    const ids = named(value);
    return ({ uniqueId }) => ids.has(uniqueId);
  },
  /** Penstock's own: models by the first folder below the models' root. */
  layer:
    (value) =>
    ({ layer }) =>
      layer === value,
};

/**
 * What a term matches, its value read once.
 *
 * @throws PenstockError `MODEL_SELECTOR_INVALID`, `MODEL_STATE_MISSING`
 */
export function matcherOf(criterion: Criterion, context: MatchContext): Matcher {
  checkMethod(criterion);
  const method = METHODS[criterion.method];
  return method === undefined ? () => false : method(String(criterion.value), context, criterion);
}

/** @throws PenstockError `MODEL_SELECTOR_INVALID` when there is no such method. */
export function checkMethod({ method, raw }: Criterion): void {
  if (Object.hasOwn(METHODS, method)) return;
  const near = nearestTo(method, Object.keys(METHODS));
  const known =
    near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${Object.keys(METHODS).join(', ')}`;
  throw selectorInvalid(raw, `there is no method ${method}; ${known}`);
}

function fqnMethod(value: string): Matcher {
  const matches = nameMatcher(value);
  return ({ resourceType, fqn, version }) =>
    resourceType !== 'source' &&
    matches({ fqn, isVersioned: resourceType === 'model' && version !== undefined });
}

/** `source:crm`, `source:crm.orders`, `source:package.crm.orders`. */
function sourceMethod(value: string): Matcher {
  const parts = value.split('.');
  if (parts.length > 3)
    throw selectorInvalid(
      `source:${value}`,
      'a source is written source, source.table or package.source.table',
    );
  const [packageName, source, table] = parts.length === 3 ? parts : ['*', ...parts, '*'];
  const [inPackage, inSource, isTable] = [packageName, source, table].map((part) => wildcard(part ?? '*'));
  return (node) =>
    node.resourceType === 'source' &&
    inPackage?.(node.packageName) === true &&
    inSource?.(node.sourceName ?? '') === true &&
    isTable?.(node.name) === true;
}

/** `exposure:dashboard`, `exposure:package.dashboard`. */
function namedKind(kind: 'exposure' | 'unit_test'): Method {
  return (value) => {
    const parts = value.split('.');
    if (parts.length > 2) throw selectorInvalid(`${kind}:${value}`, 'it is written name or package.name');
    const [name = '', packageName = '*'] = parts.reverse();
    const [isNamed, inPackage] = [wildcard(name), wildcard(packageName)];
    return (node) => node.resourceType === kind && isNamed(node.name) && inPackage(node.packageName);
  };
}

/** `test_name:not_null`: generic tests by what they test, unit tests by their name. */
function testNameMethod(value: string): Matcher {
  const matches = wildcard(value);
  return ({ resourceType, genericTest, name }) =>
    resourceType === 'unit_test' ? matches(name) : genericTest !== undefined && matches(genericTest);
}

const TEST_TYPES: Readonly<Record<string, Matcher>> = {
  generic: ({ genericTest }) => genericTest !== undefined,
  schema: ({ genericTest }) => genericTest !== undefined,
  data: ({ resourceType }) => resourceType === 'test',
  singular: ({ resourceType, genericTest }) => resourceType === 'test' && genericTest === undefined,
  unit: ({ resourceType }) => resourceType === 'unit_test',
};

function testTypeMethod(value: string): Matcher {
  const matcher = Object.hasOwn(TEST_TYPES, value) ? TEST_TYPES[value] : undefined;
  if (matcher) return matcher;
  throw selectorInvalid(`test_type:${value}`, 'it is one of generic, singular, unit, data');
}

function resourceTypeMethod(value: string): Matcher {
  if (RESOURCE_TYPES.some((kind) => kind === value)) return ({ resourceType }) => resourceType === value;
  const near = nearestTo(value, RESOURCE_TYPES);
  throw selectorInvalid(
    `resource_type:${value}`,
    `there is no such type${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`,
  );
}
