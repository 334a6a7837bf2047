import { expect, it } from 'vitest';
import { parseDefinition } from './definition.ts';
import type { Selection } from './selection.ts';

const earlier = new Map<string, Selection>();
const parse = (definition: unknown): Selection =>
  parseDefinition(definition, { earlier, indirect: 'cautious' });

/** `method.args:value <above >below @ mode` of each term, what a group makes of them around it. */
function shown(selection: Selection): string {
  if (selection.kind !== 'criterion') return `${selection.kind}(${selection.parts.map(shown).join(' ')})`;
  const { method, args, value, above, below, childrensParents, indirect } = selection;
  const around = `${childrensParents ? '@' : ''}${above > 0 ? `<${above}` : ''}${below > 0 ? `>${below}` : ''}`;
  return `${[method, ...args].join('.')}:${value}${around}/${indirect}`;
}

it.each([
  ['tag:daily', 'tag:daily/cautious'],
  ['2+orders+', 'fqn:orders<2>Infinity/cautious'],
  // Blanks and commas mean nothing in a definition's text.
  ['a b,c', 'fqn:a b,c/cautious'],
  [{ tag: 'daily' }, 'tag:daily/cautious'],
  [{ 'config.materialized': 'table' }, 'config.materialized:table/cautious'],
  [{ method: 'config.meta.pii', value: true }, 'config.meta.pii:true/cautious'],
  [{ method: 'tag', value: 'x', indirect_selection: 'empty' }, 'tag:x/empty'],
  [
    { method: 'tag', value: 'x', parents: true, children: true, children_depth: 2 },
    'tag:x<Infinity>2/cautious',
  ],
  [{ method: 'tag', value: 'x', parents: true, parents_depth: 0 }, 'tag:x<Infinity/cautious'],
  [{ method: 'tag', value: 'x', parents_depth: 3 }, 'tag:x/cautious'],
  [{ method: 'tag', value: 'x', childrens_parents: true }, 'tag:x@/cautious'],
  [{ method: 'tag', value: 'x', exclude: ['a'] }, 'difference(tag:x/cautious fqn:a/cautious)'],
  [{ method: 'tag', value: 'x', exclude: [] }, 'tag:x/cautious'],
  [
    { union: ['a', { exclude: ['b', { tag: 'c' }] }] },
    'difference(union(fqn:a/cautious) union(fqn:b/cautious tag:c/cautious))',
  ],
  [
    { intersection: ['a', { union: ['b', 'c'] }] },
    'intersection(fqn:a/cautious union(fqn:b/cautious fqn:c/cautious))',
  ],
])('reads %j', (definition, expected) => {
  expect(shown(parse(definition))).toBe(expected);
});

it.each([
  [1, /neither text nor a mapping/],
  [{ tags: 'x' }, /did you mean tag/],
  [{ tag: ['x'] }, /no text, number or boolean/],
  [{ tag: 'x', path: 'y' }, /one key, or method and value/],
  [{ union: 'x' }, /union is a list/],
  [{ union: [1] }, /neither text nor a mapping/],
  [{ union: ['x', { exclude: ['y'] }, { exclude: ['z'] }] }, /only one exclude/],
  [{ method: 'tag', value: 'x', exclude: 'y' }, /exclude is a list/],
  [{ method: 'tag', value: 'x', parents: true, parents_depth: 'two' }, /whole number/],
  [{ method: 'tag', value: 'x', children: true, childrens_parents: true }, /exclude each other/],
  [{ method: 'tag', value: 'x', indirect_selection: 'some' }, /eager, cautious/],
  [{ method: 'selector', value: 'later' }, /no selector later/],
])('refuses %j', (definition, message) => {
  expect(() => parse(definition)).toThrow(message);
});

it('inherits a selector defined above as it is', () => {
  const above = parse({ method: 'tag', value: 'x', indirect_selection: 'empty' });
  const selection = parseDefinition(
    { union: [{ method: 'selector', value: 'above' }, 'b'] },
    { earlier: new Map([['above', above]]), indirect: 'eager' },
  );
  expect(shown(selection)).toBe('union(tag:x/empty fqn:b/eager)');
});
