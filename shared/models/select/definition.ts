import { isMapping, type YamlMapping } from '../project/read-yaml.ts';
import {
  type Criterion,
  INDIRECT_SELECTIONS,
  type IndirectSelection,
  parseCriterion,
  selectorInvalid,
} from './criterion.ts';
import { checkMethod } from './methods/methods.ts';
import type { Selection, SelectionGroup } from './selection.ts';

/** What a definition may lean on. */
export interface DefinitionContext {
  /** Selectors defined above it, for `method: selector`. */
  readonly earlier: ReadonlyMap<string, Selection>;
  /** Of terms that do not say themselves. */
  readonly indirect: IndirectSelection;
}

/**
 * A definition of `selectors.yml` (`parse_from_definition`): a text, `{tag: daily}`, `{method, value, …}`, or `union` and
 * `intersection` of these with at most one `exclude`.
 *
 * @throws PenstockError `MODEL_SELECTOR_INVALID`
 */
export function parseDefinition(definition: unknown, context: DefinitionContext): Selection {
  if (typeof definition === 'string') return checked(parseCriterion(definition, context.indirect));
  if (!isMapping(definition)) throw invalid(definition, 'it is neither text nor a mapping');
  if ('union' in definition) return groupOf('union', definition, context);
  if ('intersection' in definition) return groupOf('intersection', definition, context);
  return entryOf(definition, context);
}

function groupOf(
  kind: 'union' | 'intersection',
  definition: YamlMapping,
  context: DefinitionContext,
): Selection {
  const entries = definition[kind];
  if (!Array.isArray(entries)) throw invalid(definition, `${kind} is a list`);
  const isExclude = (entry: unknown): entry is YamlMapping =>
    isMapping(entry) && 'exclude' in entry && !('method' in entry);
  const excludes = entries.filter(isExclude);
  if (excludes.length > 1) throw invalid(definition, 'only one exclude stands in a list');
  const parts = entries.filter((entry) => !isExclude(entry)).map((entry) => parseDefinition(entry, context));
  const group: SelectionGroup = { kind, parts, indirect: 'eager' };
  return without(group, excludes[0], context);
}

/** `{tag: daily}`, or `{method: tag, value: daily, parents: true, …}`. */
function entryOf(definition: YamlMapping, context: DefinitionContext): Selection {
  const keys = Object.keys(definition);
  if (keys.length === 1) {
    const [method = ''] = keys;
    return criterionOf({ method, value: definition[method] }, context);
  }
  if (!('method' in definition && 'value' in definition))
    throw invalid(definition, 'it takes one key, or method and value');
  if (definition['method'] === 'selector') return named(definition, context);
  return without(criterionOf(definition, context), definition, context);
}

function named(definition: YamlMapping, { earlier }: DefinitionContext): Selection {
  const found = earlier.get(String(definition['value']));
  if (found === undefined)
    throw invalid(definition, `no selector ${String(definition['value'])} is defined above`);
  return found;
}

function without(
  selection: Selection,
  holder: YamlMapping | undefined,
  context: DefinitionContext,
): Selection {
  if (holder === undefined || !('exclude' in holder)) return selection;
  const { exclude } = holder;
  if (!Array.isArray(exclude)) throw invalid(holder, 'exclude is a list');
  const parts = exclude.map((entry) => parseDefinition(entry, context));
  if (parts.length === 0) return selection;
  const [only] = parts;
  const excluded: Selection =
    only !== undefined && parts.length === 1 ? only : { kind: 'union', parts, indirect: 'eager' };
  return { kind: 'difference', parts: [selection, excluded], indirect: 'eager' };
}

function criterionOf(entry: YamlMapping, { indirect }: DefinitionContext): Criterion {
  const { value } = entry;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
    throw invalid(entry, 'its value is no text, number or boolean');
  const [method = '', ...args] = String(entry['method']).split('.');
  const criterion: Criterion = {
    kind: 'criterion',
    raw: JSON.stringify(entry),
    method,
    args,
    value,
    childrensParents: isSet(entry['childrens_parents']),
    above: stepsOf(entry, 'parents'),
    below: stepsOf(entry, 'children'),
    indirect: indirectOf(entry, indirect),
  };
  if (criterion.childrensParents && criterion.below > 0)
    throw invalid(entry, 'childrens_parents and children exclude each other');
  return checked(criterion);
}

function stepsOf(entry: YamlMapping, side: 'parents' | 'children'): number {
  if (!isSet(entry[side])) return 0;
  const depth = entry[`${side}_depth`];
  // 0 means all, as in the original, where it is taken for "not given".
  if (depth === undefined || depth === null || depth === 0 || depth === '') return Number.POSITIVE_INFINITY;
  const steps = Number(depth);
  if (!Number.isInteger(steps)) throw invalid(entry, `${side}_depth is a whole number`);
  return steps;
}

function indirectOf(entry: YamlMapping, fallback: IndirectSelection): IndirectSelection {
  const given = entry['indirect_selection'];
  if (given === undefined) return fallback;
  const known = INDIRECT_SELECTIONS.find((mode) => mode === given);
  if (known === undefined)
    throw invalid(entry, `indirect_selection is one of ${INDIRECT_SELECTIONS.join(', ')}`);
  return known;
}

function checked(criterion: Criterion): Criterion {
  checkMethod(criterion);
  return criterion;
}

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== false && value !== '' && value !== 0;

const invalid = (definition: unknown, cause: string): ReturnType<typeof selectorInvalid> =>
  selectorInvalid(JSON.stringify(definition) ?? String(definition), cause);
