import { PenstockError } from '#shared/errors/penstock-error.ts';
import { modelErrors } from '../errors.ts';
import type { ModelNode } from '../project/project.ts';
import { type Graph, reachable, reversed } from './graph.ts';

/** One term of a selection: what it matches, and how far it reaches up and down the graph. */
export interface SelectionTerm {
  readonly method: 'name' | 'layer' | 'tag' | 'path';
  readonly value: string;
  /** Steps above and below that are taken along: 0 for none, Infinity for all. */
  readonly above: number;
  readonly below: number;
}

/** Parses `+orders`, `layer:gold`, `2+tag:daily+1`, `path:models/silver`. @throws `MODEL_SELECTOR_INVALID`. */
export function parseTerm(text: string): SelectionTerm {
  const found = /^((\d*)\+)?(?:(layer|tag|path):)?([^+\s]+?)(\+(\d*))?$/.exec(text);
  const [, up, upSteps, method, value, down, downSteps] = found ?? [];
  if (value === undefined) throw new PenstockError(modelErrors.selectorInvalid, { selector: text });
  return {
    method: isMethod(method) ? method : 'name',
    value,
    above: up === undefined ? 0 : Number(upSteps || Number.POSITIVE_INFINITY),
    below: down === undefined ? 0 : Number(downSteps || Number.POSITIVE_INFINITY),
  };
}

const isMethod = (text: string | undefined): text is 'layer' | 'tag' | 'path' =>
  text === 'layer' || text === 'tag' || text === 'path';

/**
 * Names of the models a selection means: the union of its terms; an empty selection means all.
 *
 * @throws PenstockError `MODEL_SELECTOR_INVALID` for a term that cannot be read or matches nothing.
 */
export function selectModels(
  models: ReadonlyMap<string, ModelNode>,
  selection: readonly string[],
): Set<string> {
  if (selection.length === 0) return new Set(models.keys());
  const graph: Graph = new Map([...models.values()].map((model) => [model.name, model.refs]));
  const below = reversed(graph);
  const selected = new Set<string>();
  for (const text of selection) {
    const term = parseTerm(text);
    const matched = [...models.values()].filter((model) => matches(model, term)).map(({ name }) => name);
    if (matched.length === 0) throw new PenstockError(modelErrors.selectorInvalid, { selector: text });
    const taken = [matched, reachable(graph, matched, term.above), reachable(below, matched, term.below)];
    for (const names of taken) for (const name of names) selected.add(name);
  }
  return selected;
}

function matches(model: ModelNode, term: SelectionTerm): boolean {
  switch (term.method) {
    case 'name':
      return model.name === term.value;
    case 'layer':
      return model.layer === term.value;
    case 'tag':
      return model.config.tags.includes(term.value);
    case 'path':
      return model.file === term.value || model.file.startsWith(`${term.value.replace(/\/$/, '')}/`);
  }
}
