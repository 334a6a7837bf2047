import { TemplateFault, typeFault } from '../failures/template-fault.ts';
import type { Expression } from '../syntax/expression.ts';
import { itemsOf } from '../values/iterate.ts';
import { ListValue } from '../values/list-value.ts';
import { TupleValue } from '../values/tuple-value.ts';
import type { Value } from '../values/value.ts';
import { after, repeat, type Wait } from '../values/wait.ts';
import type { Frame } from './frame.ts';
import type { LoadedTemplate } from './run.ts';

/**
 * Loads the template an expression names; of a list of names, the first that exists.
 *
 * @throws a `notFound` fault when there is none.
 */
export function loadTemplate(name: Expression, at: number, frame: Frame): Wait<LoadedTemplate> {
  return after(findTemplate(name, at, frame), (template) => {
    if (template === undefined) throw new TemplateFault('notFound', 'no such template');
    return template;
  });
}

/** As `loadTemplate`, but undefined when there is none. */
export function findTemplate(name: Expression, at: number, frame: Frame): Wait<LoadedTemplate | undefined> {
  return after(frame.run.evaluate(name, frame), (value) => {
    frame.run.mark(frame, at);
    return firstExisting(namesIn(value, frame), frame);
  });
}

function namesIn(value: Value, frame: Frame): string[] {
  const names =
    value instanceof ListValue || value instanceof TupleValue ? itemsOf(value, frame.run.budget) : [value];
  return names.map((name) => {
    if (typeof name !== 'string') throw typeFault('the name of a template must be a string');
    return name;
  });
}

function firstExisting(names: readonly string[], frame: Frame): Wait<LoadedTemplate | undefined> {
  let found: LoadedTemplate | undefined;
  let index = 0;
  const searched = repeat(() => {
    const name = names[index];
    index += 1;
    if (name === undefined) return false;
    return after(frame.run.surroundings.load(name), (template) => {
      found = template;
      return template === undefined;
    });
  });
  return after(searched, () => found);
}
