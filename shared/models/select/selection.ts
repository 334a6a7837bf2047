import { type Criterion, type IndirectSelection, parseCriterion } from './criterion.ts';

/** A selection as a tree: terms, and what is made of several. */
export type Selection = Criterion | SelectionGroup;

export interface SelectionGroup {
  readonly kind: 'union' | 'intersection' | 'difference';
  readonly parts: readonly Selection[];
  readonly indirect: IndirectSelection;
  /** Text to warn with when nothing comes of it; undefined where nothing is a fair answer. */
  readonly expected?: string | undefined;
}

/** What is meant when nothing is said. */
const EVERYTHING = ['fqn:*', 'source:*', 'exposure:*', 'metric:*', 'semantic_model:*'];

/**
 * The selection of a command line (`graph/cli.py`): texts and blanks are unions, commas intersections, `exclude` takes away.
 *
 * @param select empty: everything.
 * @throws PenstockError `MODEL_SELECTOR_INVALID`
 */
export function parseSelection(
  select: readonly string[],
  exclude: readonly string[],
  indirect: IndirectSelection = 'eager',
): Selection {
  const included = unionOf(select.length === 0 ? EVERYTHING : select, indirect, select.length > 0);
  const excluded = unionOf(exclude, indirect, true);
  return { kind: 'difference', parts: [included, excluded], indirect: 'eager' };
}

function unionOf(texts: readonly string[], indirect: IndirectSelection, expected: boolean): SelectionGroup {
  const terms = texts.flatMap((text) => text.split(' ')).filter((term) => term !== '');
  const parts = terms.map((term): SelectionGroup => {
    const criteria = term.split(',').map((part) => parseCriterion(part, indirect));
    return { kind: 'intersection', parts: criteria, indirect, ...(expected ? { expected: term } : {}) };
  });
  return { kind: 'union', parts, indirect };
}
