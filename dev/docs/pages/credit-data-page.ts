import { fileURLToPath } from 'node:url';
import { openProject } from '#shared/models/open-project.ts';
import type { ModelNode } from '#shared/models/project/project.ts';
import { markdownTable, type Page } from '../page.ts';

export const creditDataPage: Page = {
  file: 'credit-data.md',
  title: 'Data dictionary of the credit pipeline',
  body: renderDictionary,
};

const PROJECT = fileURLToPath(new URL('../../../pipelines/credit', import.meta.url));
const LAYERS = ['gold', 'silver', 'bronze'];

async function renderDictionary(): Promise<string> {
  const target = { name: 'docs', schema: 'credit', database: 'warehouse', type: 'postgres', threads: 1 };
  const { graph } = await openProject(PROJECT, { target });
  const models = LAYERS.flatMap((layer) => [...graph.models.values()].filter((one) => one.layer === layer));
  return [
    'Every model of `pipelines/credit` and every column of it, from the YAML beside the models. How the figures come about',
    'is explained in `pipelines/credit/README.md`.',
    ...models.map((model) => `\n${renderModel(model)}`),
  ].join('\n');
}

function renderModel({ relation, description, columns }: ModelNode): string {
  const rows = columns.map((column) => [`\`${column.name}\``, column.description]);
  const table = markdownTable(['Column', 'Meaning'], rows);
  return `## \`${relation.schema}.${relation.name}\`\n\n${description}\n\n${table}`;
}
