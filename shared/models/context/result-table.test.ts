import { expect, test } from 'vitest';
import { createEnvironment } from '#shared/template/create-environment.ts';
import { ResultTable } from './result-table.ts';

const table = new ResultTable(
  ['id', 'name'],
  [
    [1n, 'a'],
    [2n, null],
  ],
);

test.each([
  ['{{ t.columns["name"].values() }}', "('a', None)"],
  ['{{ t.columns[0].values() }}', '(1, 2)'],
  ['{{ t.columns[-1].name }}', 'name'],
  ['{{ t.columns.keys() }}', "('id', 'name')"],
  [
    '{% for name, column in t.columns.items() %}{{ name }}={{ column.values() | length }} {% endfor %}',
    'id=2 name=2 ',
  ],
  ['{{ t.columns.dict()["id"][1] }}', '2'],
  ['{{ t.columns.get("nothing") }} {{ t.columns["nothing"] is defined }}', 'None False'],
  ['{{ t.columns | map(attribute="name") | join(",") }}', 'id,name'],
  ['{{ t.rows[1]["id"] }} {{ t.rows | length }} {{ t.rows.keys() }}', '2 2 None'],
  ['{{ t.rows[0].dict() }}', "{'id': 1, 'name': 'a'}"],
  ['{{ t.rows | map(attribute=0) | list }}', '[1, 2]'],
])('%s', (template, expected) => {
  expect(createEnvironment().parse(template, 't').render({ t: table })).toBe(expected);
});
