import { fileURLToPath } from 'node:url';
import { openProject } from '#shared/models/open-project.ts';
import type { ModelNode } from '#shared/models/project/project.ts';
import { markdownTable, type Page } from '../page.ts';

const LAYERS = ['gold', 'silver', 'bronze', 'seeds'];

/** The data dictionary of a pipeline: every model and column with what the YAML beside the models says of it. */
export const dataPage = (pipeline: string): Page => ({
  file: `${pipeline}-data.md`,
  title: `Data dictionary of the ${pipeline} pipeline`,
  body: () => renderDictionary(pipeline),
});

async function renderDictionary(pipeline: string): Promise<string> {
  const dir = fileURLToPath(new URL(`../../../pipelines/${pipeline}`, import.meta.url));
  const target = { name: 'docs', schema: pipeline, database: 'warehouse', type: 'postgres', threads: 1 };
  const { graph } = await openProject(dir, { target });
  const models = LAYERS.flatMap((layer) => [...graph.models.values()].filter((one) => one.layer === layer));
  return [
    `Every model of \`pipelines/${pipeline}\` and every column of it, from the YAML beside the models. How the figures come about`,
    `is explained in \`pipelines/${pipeline}/README.md\`.`,
    ...models.map((model) => `\n${renderModel(model)}`),
  ].join('\n');
}

function renderModel({ relation, description, columns }: ModelNode): string {
  const rows = columns.map((column) => [`\`${column.name}\``, column.description]);
  const table = markdownTable(['Column', 'Meaning'], rows);
  return `## \`${relation.schema}.${relation.name}\`\n\n${description}\n\n${table}`;
}
